/** Texts about numbers. ThingsDB's, to the letter. */
export const numbers = {
  overflow: (): string => 'integer overflow',
  zeroDiv: (): string => 'division or modulo by zero',
  domain: (): string => 'math domain error',
};
