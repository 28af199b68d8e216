/** Texts about types: definitions, values that do not fit, changing types, relations, wraps. ThingsDB's, to the letter. */
const instances = (n: number): string => (n === 1 ? '1 active instance' : `${n} active instances`);
const have = (n: number): string => (n === 1 ? 'has been found' : 'have been found');
const dependencies = 'use `types_info(..)` to find all dependencies and remove them by using `mod_type(..)` or delete the dependency types as well see https://docs.thingsdb.io/v1/collection-api/mod_type';

/** What is wrong with a definition. */
export const declaration = {
  invalid: (field: string, type: string, why: string): string => `invalid declaration for \`${field}\` on type \`${type}\`; ${why}`,
  empty: (): string => 'type declarations must not be empty',
  ascii: (): string => 'type declarations must only contain valid ASCII characters',
  duplicateFlags: (): string => 'duplicate flags',
  conflictingFlags: (): string => 'conflicting flags `-` and `+`',
  missingAfterFlags: (): string => 'missing declaration after flags',
  skipNil: (): string => 'skip nil flags for property which cannot contain nil',
  invalidText: (text: string): string => `expecting a valid type declaration but got \`${text}\` instead`,
  nestedArray: (): string => 'unexpected `[`; nested array declarations are not allowed',
  nestedSet: (): string => 'unexpected `{`; nested set declarations are not allowed',
  nestedRange: (): string => 'nested range conditions are not allowed',
  nestedPattern: (): string => 'nested pattern conditions are not allowed',
  unknown: (name: string): string => `unknown type \`${name}\` in declaration`,
  setOf: (name: string): string => `type \`set\` cannot contain type \`${name}\``,
  setOfEnum: (name: string): string => `type \`set\` cannot contain enum type \`${name}\``,
  setOfNillable: (): string => 'type `set` cannot contain a nillable type',
  defaultWithin: (container: string, name: string): string => `type \`${container}\` cannot contain enum type \`${name}\` with a default value`,
  enumBrackets: (): string => 'if you want the default enum member, remove the curly brackets `{}` from the definition',
  noMember: (member: string, name: string): string => `cannot find member \`${member}\` on enum type \`${name}\``,
  conditions: (): string => 'additional info <..> can be applied to `int`, `float`, `str`, `email`, `url` and `tel`',
  expectingBracket: (after: string): string => `expecting a \`<\` character after \`${after}\``,
  expectingColon: (): string => 'expecting a colon (:) after the minimum value of the range',
  expectingEnd: (after: string): string => `expecting character \`>\` after \`${after}\``,
  maxBelowMin: (): string => 'expecting the maximum value to be greater than or equal to the minimum value',
  negativeLength: (): string => 'the minimum value for a string range must not be negative',
  nan: (): string => 'not-a-number (nan) values are not allowed to specify a range',
  defaultMismatch: (): string => 'the provided default value does not match the condition',
  defaultMust: (be: string): string => `the default value must be ${be}`,
  patternSyntax: (): string => 'pattern condition syntax is invalid',
  patternDefault: (): string => 'a non-nillable pattern requires a valid default value; for example: /(e|h|l|o)+/<hello>',
  circular: (text: string): string =>
    `missing \`?\` after declaration \`${text}\`; circular dependencies must be nillable at least at one point in the chain`,
  selfReferences: (): string => 'maximum number of self references has been reached',
  wrapOnly: (type: string): string =>
    `when depending on a type in wrap-only mode, both types must have wrap-only mode enabled; either add a \`?\` to make the dependency nillable or make \`${type}\` a wrap-only type as well`,
  typeInUse: (name: string): string => `cannot assign type \`${name}\` while the type is in use`,
  enumInUse: (name: string): string => `cannot assign enum type \`${name}\` while the enum is in use`,
};

/** Values that a field does not take. */
export const mismatch = {
  type: (type: string, field: string, got: string, definition: string): string =>
    `mismatch in type \`${type}\`; type \`${got}\` is invalid for property \`${field}\` with definition \`${definition}\``,
  property: (type: string, field: string, why: string): string => `mismatch in type \`${type}\`; property \`${field}\` ${why}`,
  onProperty: (type: string, field: string, why: string): string => `mismatch in type \`${type}\` on property \`${field}\`; ${why}`,
  anyExceptions: (): string => 'allows `any` type with the exception of the `future` and `module` type',
  untyped: (got: string): string => `requires a non-typed thing but got type \`${got}\``,
  items: (definition: string): string => `requires an array with items that matches definition \`${definition}\``,
  values: (definition: string): string => `requires a thing with values that matches definition \`${definition}\``,
  members: (definition: string): string => `has definition \`${definition}\` but got a set with at least one thing of another type`,
  restriction: (): string => 'restriction mismatch',
  intRange: (min: string, max: string): string => `requires an integer value between ${min} and ${max} (both inclusive)`,
  floatRange: (min: string, max: string): string => `requires a float value between ${min} and ${max} (both inclusive)`,
  floatNan: (min: string, max: string): string => `requires a float value between ${min} and ${max} but got nan (not a number)`,
  lengthIs: (n: string): string => `requires a string with a length of ${n}`,
  lengthAtLeast: (n: string): string => `requires a string with a length of at least ${n}`,
  lengthRange: (min: string, max: string): string => `requires a string with a length between ${min} and ${max} (both inclusive)`,
  pattern: (pattern: string): string => `has a requirement to match pattern ${pattern}`,
  itemType: (got: string): string => `type \`${got}\` is not allowed in restricted array`,
  memberType: (got: string): string => `type \`${got}\` is not allowed in restricted set`,
  storedRelation: (): string => 'relations must be created using a property on a stored thing (a thing with an Id)',
};

/** Texts by kind of definition: for one value, and for many (`requires an array with …`, `array is restricted to …`). */
export const wants = {
  uint: { one: 'only accepts integer values greater than or equal to 0', many: 'integer values greater than or equal to 0' },
  pint: { one: 'only accepts positive integer values', many: 'positive integer values' },
  nint: { one: 'only accepts negative integer values', many: 'negative integer values' },
  utf8: { one: 'only accepts valid UTF8 data', many: 'UTF8 string values' },
  email: { one: 'only accepts an email address', many: 'email addresses' },
  url: { one: 'only accepts a URL', many: "URL's" },
  tel: { one: 'only accepts a telephone number', many: 'telephone numbers' },
};

export const arrayOf = (what: string): string => `requires an array with ${what}`;
export const thingOf = (what: string): string => `requires a thing with ${what}`;
export const arrayRestricted = (what: string): string => `array is restricted to ${what}`;

/** Types as a whole. */
export const types = {
  naming: (): string => 'type name must follow the naming rules',
  notFound: (name: string): string => `type \`${name}\` not found`,
  undefined: (name: string): string => `type \`${name}\` is undefined`,
  noneInScope: (what: 'types' | 'enumerators', scope: string): string =>
    `no ${what} exists in the \`${scope}\` scope; you might want to query a \`@collection\` scope?`,
  anonymousScope: (scope: string): string => `anonymous types are not supported in the the \`${scope}\` scope`,
  exists: (name: string): string => `type \`${name}\` already exists`,
  reserved: (name: string): string => `name \`${name}\` is reserved`,
  validName: (fn: string, n: number, what: string): string => `function \`${fn}\` expects argument ${n} to be a valid ${what} name`,
  tooMany: (): string => 'reached the maximum number of types',
  keysNaming: (): string => 'type keys must follow the naming rules',
  inUse: (name: string): string => `cannot change type \`${name}\` while the type is in use`,
  instanceInUse: (name: string): string => `cannot change type \`${name}\` while one of the instances is in use`,
  locked: (name: string): string => `cannot use type \`${name}\` while the type is locked`,
  wrapOnly: (name: string): string => `type \`${name}\` has wrap-only mode enabled`,
  onlyNew: (): string => 'function `set_type` works only on a new type; use `mod_type()` if you want to change an existing type',
  activeInstances: (name: string, n: number): string =>
    `function \`set_type\` can only be used on a type without active instances; ${instances(n)} of type \`${name}\` ${have(n)}`,
  definitionType: (got: string): string => `expecting a method of type \`closure\` or a definition of type \`str\` but got type \`${got}\` instead`,
  wrapDefinitionType: (got: string): string =>
    `expecting a nested structure (\`list\` or \`thing\`), a method of type \`closure\` or a definition of type \`str\` but got type \`${got}\` instead`,
  nestedNotAllowed: (type: string): string => `defining nested types is only allowed for wrap-only type; (happened on type \`${type}\`)`,
  nestedElement: (got: string, type: string): string => `element in array must be of type \`thing\` but got type \`${got}\` instead; (happened on type \`${type}\`)`,
  nestedLength: (n: number, type: string): string => `array with nested type must have exactly one element but found ${n} on type \`${type}\``,
  tooLarge: (): string => 'wpo type definition too large',
  multipleIds: (type: string): string => `multiple Id ('#') definitions on type \`${type}\``,
  anonymousDependency: (): string =>
    'the <anonymous> type definition contains dependencies on other types or enumerators, which is not permitted; to resolve this, create a fully named wrap-only type',
  usedByType: (name: string): string => `type \`${name}\` is used by at least one other type; ${dependencies}`,
  enumUsed: (name: string): string => `enum \`${name}\` is used by at least one type; ${dependencies}`,
  newFrom: (got: string): string => `new instances can be created from type \`thing\` but got type \`${got}\` instead`,
  fromOther: (type: string, got: string): string => `cannot create an instance of type \`${type}\` from type \`${got}\``,
  convert: (from: string, to: string): string => `cannot convert type \`${from}\` to \`${to}\``,
  mapConvert: (from: string, to: string): string => `function \`map_type\` cannot convert type \`${from}\` to \`${to}\``,
  takesOne: (what: string, name: string, n: number): string => `${what} \`${name}\` takes at most 1 argument but ${n} were given`,
  noThing: (collection: string, id: string): string => `collection \`${collection}\` has no \`thing\` with id ${id}`,
  isOfType: (id: number, got: string, want: string): string => `\`#${id}\` is of type \`${got}\`, not \`${want}\``,
  propertyNaming: (): string => 'property name must follow the naming rules',
  methodNaming: (): string => 'method name must follow the naming rules',
};

/** `mod_type`. */
export const mod = {
  actions: (got: string): string =>
    `function \`mod_type\` expects argument 2 to be \`all\`, \`add\`, \`del\`, \`hid\`, \`mod\`, \`rel\`, \`ren\` or \`wpo\` but got \`${got}\` instead`,
  argNaming: (fn: string, n: number): string => `function \`${fn}\` expects argument ${n} to follow the naming rules`,
  taskArg: (fn: string, task: string, n: number, want: string, got: string): string =>
    `function \`${fn}\` with task \`${task}\` expects argument ${n} to be of type ${want} but got type \`${got}\` instead`,
  addMethodCount: (): string => 'function `mod_type` with task `add` takes at most 4 arguments when used to add a new method',
  addIdCount: (): string => "function `mod_type` with task `add` takes at most 4 arguments when adding an Id ('#') definition",
  addWrapOnlyCount: (): string => 'function `mod_type` with task `add` takes at most 4 arguments when used on a type with wrap-only mode enabled',
  modWrapOnlyCount: (): string => 'function `mod_type` with task `mod` takes at most 4 arguments when used on a type with wrap-only mode enabled',
  modMethodCount: (): string => 'function `mod_type` with task `mod` takes at most 4 arguments when used to modify a method',
  exists: (name: string, type: string): string => `property or method \`${name}\` already exists on type \`${type}\``,
  methodToProperty: (): string => 'cannot convert a method into a property',
  propertyToMethod: (): string => 'cannot convert a property into a method',
  propertyToId: (): string => "cannot convert a property into an Id ('#') definition",
  methodToId: (): string => "cannot convert a method into an Id ('#') definition",
  modId: (): string => "cannot modify an Id ('#') definition",
  modRelation: (type: string, field: string): string =>
    `cannot modify a property with a relation; you might want to remove the relation by using: \`mod_type("${type}", "rel", "${field}", nil);\``,
  delRelation: (type: string, field: string): string =>
    `cannot delete a property with a relation; you might want to remove the relation by using: \`mod_type("${type}", "rel", "${field}", nil);\``,
  wasNillable: (text: string, field: string, type: string): string =>
    `cannot apply type declaration \`${text}\` to \`${field}\` on type \`${type}\` without a closure to migrate existing instances; the old declaration was nillable while the new declaration is not`,
  notCompatible: (text: string, field: string, type: string, old: string): string =>
    `cannot apply type declaration \`${text}\` to \`${field}\` on type \`${type}\` without a closure to migrate existing instances; the old declaration \`${old}\` is not compatible with the new declaration`,
  addErrors: (field: string, type: string, first: string): string =>
    `field \`${field}\` is added to type \`${type}\` but at least one error has occurred using the given callback; ${first}`,
  modErrors: (field: string, type: string, first: string): string =>
    `field \`${field}\` on type \`${type}\` is modified but at least one error has occurred using the given callback: ${first}`,
  modKeep: (field: string, type: string, first: string): string =>
    `field \`${field}\` on type \`${type}\` is modified but at least one failed attempt was made to keep the original value: ${first}`,
  modOthers: (field: string, type: string, first: string): string =>
    `field \`${field}\` on type \`${type}\` is modified but at least one instance got an inappropriate value from the migration callback; to be compliant, ThingsDB has used the default value for this instance; callback response: ${first}`,
  wrapOnlyRequired: (type: string): string => `type \`${type}\` is required by at least one other type without having \`wrap-only\` mode enabled`,
  wrapOnlyNested: (type: string, field: string): string =>
    `type \`${type}\` contains a nested structure on field \`${field}\` which requires \`wrap-only\` mode to be enabled`,
  wrapOnlyDepends: (type: string, on: string, field: string): string =>
    `type \`${type}\` is dependent on type \`${on}\` by field \`${field}\` with \`wrap-only\` mode enabled`,
  wrapOnlySelf: (type: string, field: string): string =>
    `type \`${type}\` is dependent on self on field \`${field}\`; make this field definition nillable before removing wrap-only mode`,
  wrapOnlyInstances: (type: string, n: number): string =>
    `a type can only be changed to \`wrap-only\` mode without having active instances; ${instances(n)} of type \`${type}\` ${have(n)}`,
};

/** Relations. */
export const relation = {
  kinds: (): string => 'relations may only be configured between restricted sets and/or nillable typed',
  exists: (field: string, type: string): string => `relation for \`${field}\` on type \`${type}\` already exists`,
  missing: (field: string, type: string): string => `missing relation for \`${field}\` on type \`${type}\``,
  refers: (field: string, type: string, to: string): string =>
    `failed to create relation; property \`${field}\` on type \`${type}\` is referring to type \`${to}\``,
  conflict: (field: string, id: number, other: number, otherField: string, back: number): string =>
    `failed to create relation; property \`${field}\` on \`#${id}\` is referring to \`#${other}\` while property \`${otherField}\` on \`#${other}\` is referring to \`#${back}\``,
  inSet: (thing: number, field: string, holder: number, refers: number): string =>
    `failed to create relation; thing \`#${thing}\` belongs to a set \`${field}\` on \`#${holder}\` but is referring to \`#${refers}\``,
  twoSets: (thing: number, field: string, type: string): string =>
    `failed to create relation; thing \`#${thing}\` belongs to at least two different sets; (property \`${field}\` on type \`${type}\`)`,
  unstored: (): string => `failed to create relation; ${mismatch.storedRelation()}`,
};

/** Restrictions of things, and conversions between plain and typed things. */
export const restrictions = {
  empty: (): string => 'restriction must not be empty',
  ascii: (): string => 'restriction must only contain valid ASCII characters',
  range: (): string => 'restriction must not contain a range condition',
  unknown: (name: string): string => `failed to set restriction; unknown type \`${name}\``,
  existing: (): string => 'at least one of the existing values does not match the desired restriction',
  enforced: (): string => 'current restriction is enforced by at least one type',
  convertRestricted: (): string => 'conversion failed; the thing you try to convert has a value restriction',
  convertNoProperty: (type: string, key: string): string =>
    `conversion failed; type \`${type}\` has no property \`${key}\` but the thing you are trying to convert has`,
  convertInUse: (key: string): string => `conversion failed; property \`${key}\` is in use`,
  convertRelation: (key: string, type: string): string =>
    `conversion failed; property \`${key}\` on type \`${type}\` has a relation and can therefore not be used as a type to convert to`,
  toThingUsed: (type: string): string =>
    `conversion \`to_thing\` has failed; type \`${type}\` is used as restriction and therefore ThingsDB is not able to guarantee the typed thing can be converted`,
  rootCommit: (): string => 'function `to_type` requires a commit before it can be used on the `root()` of a `@collection` scope with commit history enabled',
};

/** Wraps. */
export const wraps = {
  needsType: (): string => 'using `wrap` on a non-typed `thing` requires 1 argument but 0 were given',
  mapNeedsType: (what: string): string => `function \`map_wrap\` on a ${what} with a non-typed \`thing\` requires 1 argument but 0 were given`,
  mapItem: (got: string): string => `function \`map_wrap\` requires a list with items of type \`thing\` but found an item of type \`${got}\` instead`,
  sideEffects: (): string => 'failed to compute property; method has side effects',
  futures: (): string => 'failed to compute property; method contains futures',
};
