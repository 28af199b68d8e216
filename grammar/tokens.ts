/**
 * The words and signs of the language, as chevrotain token types.
 *
 * What a character means depends on where it stands: `/` divides after a value and starts a regular expression
 * before one, `-` belongs to a number that follows directly, a template holds whole statements, and every word but
 * nil, true, false and return may be a variable. So the parser asks for one token at a time
 * (`scanner.ts`) instead of having the whole text cut up before. It also takes half the time of chevrotain's own lexer.
 * The patterns here say what each token looks like.
 */
import { createToken, Lexer, type TokenType } from 'chevrotain';

/** All token types are made with the same properties, so that reading one stays fast (V8 sees one shape). */
function token(name: string, pattern: string | RegExp, label = name, categories: TokenType[] = []): TokenType {
  return createToken({ name, pattern, label, categories });
}

export const Name = token('Name', /[A-Za-z_][A-Za-z0-9_]{0,254}/);

/** Words with a meaning of their own in some places. In all others they are names, hence the category. */
function word(text: string): TokenType {
  return token(`Word_${text}`, new RegExp(`${text}(?![A-Za-z0-9_])`), text, [Name]);
}
export const If = word('if');
export const Else = word('else');
export const For = word('for');
export const In = word('in');
export const Return = word('return');
export const Break = word('break');
export const Continue = word('continue');
export const Nil = word('nil');
export const True = word('true');
export const False = word('false');
export const Inf = word('inf');
export const Nan = word('nan');

export const Float = token('Float', /[0-9]*\.[0-9]+(e[+-][0-9]+)?(?![0-9A-Za-z_.])/);
export const Int = token('Int', /(0x[0-9a-fA-F]+|0b[01]+|0o[0-7]+|[0-9]+)(?![0-9A-Za-z_.])/);
export const Str = token('Str', /'(?:[^']|'')*'|"(?:[^"]|"")*"/);
export const Regex = token('Regex', /\/[^\n]*?[^\\\n]\/[a-z]*/);
/** Starts and ends a template; what is between is read by the parser, character by character. */
export const Backtick = token('Backtick', '`');

function sign(name: string, pattern: string): TokenType {
  return token(name, pattern, pattern);
}
export const OrOr = sign('OrOr', '||');
export const OrAssign = sign('OrAssign', '|=');
export const Or = sign('Or', '|');
export const AndAnd = sign('AndAnd', '&&');
export const AndAssign = sign('AndAssign', '&=');
export const And = sign('And', '&');
export const XorAssign = sign('XorAssign', '^=');
export const Xor = sign('Xor', '^');
export const Equal = sign('Equal', '==');
export const NotEqual = sign('NotEqual', '!=');
export const ShiftLeft = sign('ShiftLeft', '<<');
export const ShiftRight = sign('ShiftRight', '>>');
export const LessEqual = sign('LessEqual', '<=');
export const GreaterEqual = sign('GreaterEqual', '>=');
export const Less = sign('Less', '<');
export const Greater = sign('Greater', '>');
export const Assign = sign('Assign', '=');
export const PlusAssign = sign('PlusAssign', '+=');
export const Plus = sign('Plus', '+');
export const MinusAssign = sign('MinusAssign', '-=');
export const Minus = sign('Minus', '-');
export const TimesAssign = sign('TimesAssign', '*=');
export const Times = sign('Times', '*');
export const DivideAssign = sign('DivideAssign', '/=');
export const Divide = sign('Divide', '/');
export const ModuloAssign = sign('ModuloAssign', '%=');
export const Modulo = sign('Modulo', '%');
export const Not = sign('Not', '!');
export const Invert = sign('Invert', '~');
export const DotDot = sign('DotDot', '..');
export const Dot = sign('Dot', '.');
export const Comma = sign('Comma', ',');
export const Semicolon = sign('Semicolon', ';');
export const Colon = sign('Colon', ':');
export const Question = sign('Question', '?');
export const ParenOpen = sign('ParenOpen', '(');
export const ParenClose = sign('ParenClose', ')');
export const BracketOpen = sign('BracketOpen', '[');
export const BracketClose = sign('BracketClose', ']');
export const BraceOpen = sign('BraceOpen', '{');
export const BraceClose = sign('BraceClose', '}');
/** A character that starts no token, a number with letters on it, an unclosed string: no rule accepts it. */
export const Wrong = token('Wrong', /[^]/);

/** Never made: what the parser asks for where an operand should begin and none does. */
export const Operand = token('Operand', Lexer.NA);

/** Words first, longer signs before their beginnings: the order in which chevrotain's own lexer would try them. */
export const vocabulary: TokenType[] = [
  If, Else, For, In, Return, Break, Continue, Nil, True, False, Inf, Nan, Name, Float, Int, Str, Backtick,
  OrOr, OrAssign, Or, AndAnd, AndAssign, And, XorAssign, Xor, Equal, NotEqual, ShiftLeft, ShiftRight, LessEqual, GreaterEqual, Less, Greater,
  Assign, PlusAssign, Plus, MinusAssign, Minus, TimesAssign, Times, DivideAssign, Divide, ModuloAssign, Modulo, Not, Invert,
  DotDot, Dot, Comma, Semicolon, Colon, Question, ParenOpen, ParenClose, BracketOpen, BracketClose, BraceOpen, BraceClose, Regex, Wrong, Operand,
];
