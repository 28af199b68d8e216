/**
 * The syntax tree of a query.
 *
 * Every node keeps `pos` and `end`: offsets in the query text (UTF-16 units, `end` exclusive), so that
 * `text.slice(node.pos, node.end)` is the node as it was written. Lines and columns are counted only when
 * an error is shown (`src/errors/locate.ts`).
 *
 * Numbers stay text here: ThingsDB reads a literal when it is reached, so that `true || 99999999999999999999`
 * is true; only evaluating it raises an overflow.
 */

interface Base {
  readonly pos: number;
  readonly end: number;
}

/** A whole query: statements separated by `;`. Its value is that of the last one. */
export interface Query {
  readonly text: string;
  readonly body: readonly Node[];
}

export interface NilLiteral extends Base { readonly kind: 'nil' }
export interface BoolLiteral extends Base { readonly kind: 'bool'; readonly value: boolean }
/** `raw` is the literal as written, with its sign and base prefix: `-5`, `0x1F`. */
export interface IntLiteral extends Base { readonly kind: 'int'; readonly raw: string }
/** `raw` as written: `-1.5e+3`, `.5`, `inf`, `nan`. (`-inf` is a sign and `inf`.) */
export interface FloatLiteral extends Base { readonly kind: 'float'; readonly raw: string }
/** `value` is without quotes, with doubled quotes undone. */
export interface StrLiteral extends Base { readonly kind: 'str'; readonly value: string }
/** `pattern` is the text between the slashes, `flags` the letters glued to the end. Checked when evaluated. */
export interface RegexLiteral extends Base { readonly kind: 'regex'; readonly pattern: string; readonly flags: string }
/** `` `text {expression} {{ }}` ``: texts (with escapes undone) and expressions in order; no two texts in a row. */
export interface Template extends Base { readonly kind: 'template'; readonly parts: readonly (string | Node)[] }

/** A bare name: variable, module, procedure or constant. */
export interface Name extends Base { readonly kind: 'name'; readonly name: string }
/** `name(args)`: built-in, type, enum, procedure, module or variable with a closure. */
export interface Call extends Base { readonly kind: 'call'; readonly name: string; readonly args: readonly Node[] }

/** `key: value`, or `key:` (value null), which takes the variable of that name. */
export interface Property extends Base { readonly key: string; readonly value: Node | null }
/** `{a: 1, b:}` */
export interface ThingLiteral extends Base { readonly kind: 'thing'; readonly props: readonly Property[] }
/** `Name{a: 1}`: an instance of a type. `Name{}` too. */
export interface Instance extends Base { readonly kind: 'instance'; readonly name: string; readonly props: readonly Property[] }
/** `Name{MEMBER}` or `Name{|| 'MEMBER'}`: a member of an enumerator. */
export interface EnumLiteral extends Base { readonly kind: 'enum'; readonly name: string; readonly member: string | Closure }
/** `&{a: 'int'}`: an anonymous type. */
export interface Anonymous extends Base { readonly kind: 'anonymous'; readonly thing: ThingLiteral }
export interface ListLiteral extends Base { readonly kind: 'list'; readonly items: readonly Node[] }

export interface Parameter extends Base { readonly name: string }
/** `|a, b| body` */
export interface Closure extends Base { readonly kind: 'closure'; readonly params: readonly Parameter[]; readonly body: Node }
/** `{ a; b; }`: as an expression its value is that of the last statement. Never empty (`{}` is a thing). */
export interface Block extends Base { readonly kind: 'block'; readonly body: readonly Node[] }
export interface Paren extends Base { readonly kind: 'paren'; readonly expr: Node }

/** `ops` as written from left to right: `-`, `+`, `!`, `~`; the last one is applied first. */
export interface Unary extends Base { readonly kind: 'unary'; readonly ops: string; readonly operand: Node }
export type BinaryOp = '||' | '&&' | '==' | '!=' | '<' | '>' | '<=' | '>=' | '|' | '^' | '&' | '<<' | '>>' | '+' | '-' | '*' | '/' | '%';
export interface Binary extends Base { readonly kind: 'binary'; readonly op: BinaryOp; readonly left: Node; readonly right: Node }
export interface Ternary extends Base { readonly kind: 'ternary'; readonly cond: Node; readonly then: Node; readonly else: Node }

export interface If extends Base { readonly kind: 'if'; readonly cond: Node; readonly then: Node; readonly else: Node | null }
/** `for (a, b in iterable) body`; names after the second one are nil. */
export interface For extends Base { readonly kind: 'for'; readonly names: readonly Parameter[]; readonly iterable: Node; readonly body: Node }
/** `return value, deep, flags` */
export interface Return extends Base { readonly kind: 'return'; readonly value: Node | null; readonly deep: Node | null; readonly flags: Node | null }
export interface Break extends Base { readonly kind: 'break' }
export interface Continue extends Base { readonly kind: 'continue' }

export type AssignOp = '=' | '+=' | '-=' | '*=' | '/=' | '%=' | '&=' | '|=' | '^=';
/** `name = value` and its compound forms on a variable. */
export interface Assign extends Base { readonly kind: 'assign'; readonly op: AssignOp; readonly name: string; readonly value: Node }

/** What stands between `[` and `]`. An index has only `start`; a slice has `colons` 1 or 2 (`[]` is the slice `[:]`). */
export interface Subscript extends Base {
  readonly colons: 0 | 1 | 2;
  readonly start: Node | null;
  readonly stop: Node | null;
  readonly step: Node | null;
}

/** `.name` or `..name` */
export interface PropLink extends Base { readonly kind: 'prop'; readonly optional: boolean; readonly name: string }
/** `.name(args)` */
export interface CallLink extends Base { readonly kind: 'method'; readonly optional: boolean; readonly name: string; readonly args: readonly Node[] }
/** `.name = value`; always the last link. */
export interface SetLink extends Base { readonly kind: 'set'; readonly optional: boolean; readonly name: string; readonly op: AssignOp; readonly value: Node }
/** `[…]` */
export interface IndexLink extends Base { readonly kind: 'index'; readonly sub: Subscript }
/** `[…] = value`; always the last link. */
export interface SetIndexLink extends Base { readonly kind: 'setIndex'; readonly sub: Subscript; readonly op: AssignOp; readonly value: Node }
export type Link = PropLink | CallLink | SetLink | IndexLink | SetIndexLink;

/**
 * `head.a..b(1)[0] = 5`: a head and at least one link. `head` is null for a chain that starts with a dot
 * (the root of the collection); `..a` at the start is `.a`.
 * `..` guards the value on its left: nil or an error ends the whole chain with that value.
 */
export interface Chain extends Base { readonly kind: 'chain'; readonly head: Node | null; readonly links: readonly Link[] }

export type Node =
  | NilLiteral | BoolLiteral | IntLiteral | FloatLiteral | StrLiteral | RegexLiteral | Template
  | Name | Call | ThingLiteral | Instance | EnumLiteral | Anonymous | ListLiteral | Closure | Block | Paren
  | Unary | Binary | Ternary | If | For | Return | Break | Continue | Assign | Chain;

/** What {@link parse} gives for text that is no query. */
export interface SyntaxProblem {
  /** ThingsDB's text: "error at line 1, position 4, unexpected character `)`, expecting: …" */
  readonly message: string;
  /** Offset in the text (UTF-16 units) at which reading stopped. */
  readonly pos: number;
  /** What could have stood there, in ThingsDB's words; may be empty. */
  readonly expected: readonly string[];
}
