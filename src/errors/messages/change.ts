/** Texts about changing values: locks, changes that are not allowed here, properties. */
const KEY_SHOWN = 44;
const UNPRINTABLE = /[^\t-\r -~]/;
const NAME = /^[A-Za-z_]\w*$/;

/** A key that was given as a str, which may be no readable text. ThingsDB's words, the typing error included. */
export const readableKey = (key: string): string => (UNPRINTABLE.test(key) ? '<non-printable sting>' : key);

/** The same where long keys are cut. */
export function shownKey(key: string): string {
  if (key.length <= KEY_SHOWN) return readableKey(key);
  const start = key.slice(0, KEY_SHOWN);
  return UNPRINTABLE.test(start) ? readableKey(start) : `${start}...`;
}

/** The key of a property that there is: names are shown whole. */
export const shownProperty = (key: string): string => (NAME.test(key) ? key : shownKey(key));

export const change = {
  inUse: (type: string): string => `cannot change type \`${type}\` while the value is in use`,
  propertyInUse: (key: string, id: number, type: string): string =>
    `cannot change or remove property \`${shownProperty(key)}\` on \`#${id}\` while the \`${type}\` is in use`,
  storedNeedsWse: (type: string): string => `operation on a stored ${type}; use \`wse(...)\` to enforce a change`,
  storedUnderNse: (type: string): string => `operation on a stored ${type}; remove \`nse(...)\` to enforce a change`,
  keyUtf8: (): string => 'properties must have valid UTF-8 encoding',
  reserved: (key: string): string => `property \`${key}\` is reserved`,
  noProperty: (id: number, key: string): string => `thing \`#${id}\` has no property \`${key}\``,
  noPropertyOrMethod: (id: number, key: string): string => `thing \`#${id}\` has no property or method \`${key}\``,
  typeNoProperty: (type: string, key: string): string => `type \`${type}\` has no property \`${key}\``,
  typeNoPropertyOrMethod: (type: string, key: string): string => `type \`${type}\` has no property or method \`${key}\``,
  typeKeysNaming: (): string => 'type keys must follow the naming rules',
  noProperties: (type: string): string => `type \`${type}\` has no properties`,
  cannotAssign: (type: string): string => `cannot assign properties to \`${type}\` type`,
  notAllowedInSet: (type: string): string => `cannot add type \`${type}\` to a set`,
};
