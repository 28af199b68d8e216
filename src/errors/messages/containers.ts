/** Texts about lists, sets and things and the functions on them. ThingsDB's, to the letter. */
export const containers = {
  popEmpty: (): string => 'pop from empty list',
  shiftEmpty: (): string => 'shift from empty list',
  choiceEmpty: (): string => 'choice from empty list',
  noFirst: (): string => 'no first item in an empty list',
  noLast: (): string => 'no last item in an empty list',
  reduceEmpty: (type: 'list' | 'set'): string => `reduce on empty ${type} with no initial value set`,
  extremeEmpty: (fn: 'min' | 'max'): string => `${fn}() on empty list`,
  oneEmpty: (): string => 'one from empty set',
  itemNotStr: (i: number, got: string): string => `expecting item ${i} to be of type \`str\` but got type \`${got}\` instead`,
  sortRecursive: (): string => 'function `sort` cannot be used recursively',
  sortParameters: (): string => 'function `sort` requires a closure which accepts 1 or 2 arguments',
  sortOrder: (): string =>
    'cannot specify an order with a closure which takes two arguments; in this case the order should be specified within the closure',
  sortReturn: (got: string): string => `expecting a return value of type \`int\` but got type \`${got}\` instead`,
  rangeStep: (): string => 'step value must not be zero',
  rangeLength: (): string => 'maximum range length exceeded',
  extendType: (fn: string, got: string): string =>
    `function \`${fn}\` expects argument 1 to be of type \`list\` or type \`tuple\` but got type \`${got}\` instead`,
  removeTypes: (got: string): string =>
    `function \`remove\` expects argument 1 to be of type \`closure\` or type \`thing\` but got type \`${got}\` instead`,
  removeCount: (given: number): string =>
    `function \`remove\` takes at most 2 arguments when using a \`closure\` but ${given} were given`,
  noThing: (collection: string, id: string): string => `collection \`${collection}\` has no \`thing\` with id ${id}`,
  noStoredThings: (scope: string): string =>
    `scope \`${scope}\` has no stored things; you might want to query a \`@collection\` scope?`,
  exists: (key: string): string => `property \`${key}\` already exists`,
  assignFrom: (to: string, from: string): string => `cannot assign properties to instance of type \`${to}\` from type \`${from}\``,
  assignRelation: (key: string): string =>
    `function \`assign\` is not able to set \`${key}\` because a relation for this property is configured`,
  searchOption: (name: string): string => `invalid search option \`${name}\``,
  limitType: (got: string): string => `expecting \`limit\` to be of type \`int\` but got type \`${got}\` instead`,
  limitRange: (got: string): string => `expecting a \`limit\` value between 0 and 255 but got ${got} instead`,
  tooDeep: (): string => 'value is nested too deep to be stored',
};
