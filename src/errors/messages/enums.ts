/** Texts about enumerators. */
export const enums = {
  naming: (): string => 'enum name must follow the naming rules',
  notFound: (name: string): string => `enum \`${name}\` not found`,
  undefined: (name: string): string => `enum \`${name}\` is undefined`,
  exists: (name: string): string => `enum \`${name}\` already exists`,
  empty: (): string => 'cannot create an empty enum type',
  keysNaming: (): string => 'enum member must follow the naming rules',
  tooMany: (): string => 'reached the maximum number of enumerators',
  tooManyMembers: (): string => 'reached the maximum number of enum members',
  createFailed: (name: string, got: string): string =>
    `failed to create enum type \`${name}\`; enumerators cannot be created for values with type \`${got}\``,
  mixed: (kind: string, got: string, name: string): string =>
    `enumerators must not contain members of mixed types; got both type \`${kind}\` and \`${got}\` for enum \`${name}\``,
  unique: (name: string, member: string): string => `enum values must be unique; the given value is already used by \`${name}{${member}}\``,
  lookupType: (got: string): string => `enumerator lookup is expecting type \`str\` but got type \`${got}\` instead`,
  noMember: (name: string, member: string): string => `enum \`${name}\` has no member \`${member}\``,
  noMemberOrMethod: (name: string, member: string): string => `enum \`${name}\` has no member or method \`${member}\``,
  noValue: (name: string, value: string): string => `enum \`${name}\` has no member with value ${value}`,
  valueType: (name: string, kind: string, got: string): string => `enum \`${name}\` is expecting a value of type \`${kind}\` but got type \`${got}\` instead`,
  inUse: (name: string): string => `cannot change enum \`${name}\` while the enumerator is in use`,
  memberInUse: (name: string, member: string): string => `enum member \`${name}{${member}}\` is still in use`,
  memberExists: (name: string, member: string): string => `member or method \`${member}\` already exists on enum \`${name}\``,
  lastMember: (name: string, member: string): string => `cannot delete \`${name}{${member}}\` as this is the last enum member`,
  memberToMethod: (): string => 'cannot convert a member into a method',
  methodToMember: (): string => 'cannot convert a method into a member',
  actions: (got: string): string =>
    `function \`mod_enum\` expects argument 2 to be \`add\`, \`del\`, \`mod\` or \`ren\` but got \`${got}\` instead`,
  memberNaming: (): string => 'member name must follow the naming rules',
  noDefault: (name: string): string => `enum \`${name}\` has no members`,
};
