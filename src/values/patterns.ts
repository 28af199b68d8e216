/**
 * Forms of text that the language knows: what `is_email`, `is_tel` and `is_url` accept, and fields of the types
 * `email`, `tel` and `url`. They are ThingsDB's. A line feed may follow.
 */
const EMAIL = /^[a-zA-Z0-9.!#$%&’*+/=?^_`{|}~-]+@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*\n?$/;
const TEL = /^\+?(?:\([0-9]{1,4}\)[-\t\n\v\f\r ]?){0,2}(?:[0-9]{1,4}[-\t\n\v\f\r ]?){3,5}\n?$/;
const URL_CHARACTERS = /^(?:https?|ftp):\/\/[-a-zA-Z0-9@:%_+.~#?&/=]+\n?$/;
/** Within the first characters a word begins or ends. */
const URL_START = /^[a-z]+:\/\/(?:www\.)?[-a-zA-Z0-9@:%._+~#=]{1,256}\b/;

export const isEmail = (text: string): boolean => EMAIL.test(text);
export const isTel = (text: string): boolean => TEL.test(text);
export const isUrl = (text: string): boolean => URL_CHARACTERS.test(text) && URL_START.test(text);
