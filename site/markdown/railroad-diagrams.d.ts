declare module 'railroad-diagrams' {
  /** A piece of a diagram. */
  export interface Part {
    toString(): string;
  }
  type Join = (...parts: Part[]) => Part;
  const railroad: {
    readonly Diagram: Join;
    readonly Sequence: Join;
    readonly Choice: (normal: number, ...parts: Part[]) => Part;
    readonly Optional: Join;
    readonly ZeroOrMore: Join;
    readonly OneOrMore: Join;
    readonly Terminal: (text: string) => Part;
    readonly NonTerminal: (text: string) => Part;
    readonly Comment: (text: string) => Part;
  };
  export default railroad;
}
