/**
 * What `is_email()`, `is_url()` and `is_tel()` accept, and the definitions `email`, `url` and `tel`. As with PCRE
 * a line feed at the very end does not count.
 */
const LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';
const EMAIL = new RegExp(`^[a-zA-Z0-9.!#$%&*+/=?^_\`{|}~-]+@${LABEL}(?:\\.${LABEL})*\\n?$`);
const URL = /^(?:https?|ftp):\/\/[a-zA-Z0-9][a-zA-Z0-9\-._~:/?#@&=%+!$*]*\n?$/;
const TEL = /^(?=(?:\D*\d){3,20}\D*$)\+?(?:\(\d{1,4}\)[- ]?){0,2}\d+(?:[- ]\d+){0,4}\n?$/;

export const isEmail = (text: string): boolean => EMAIL.test(text);
export const isUrl = (text: string): boolean => URL.test(text);
export const isTel = (text: string): boolean => TEL.test(text);
