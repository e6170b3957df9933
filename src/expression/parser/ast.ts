/** The tree of one expression. `at` is an index into the template. */
export type Node = { readonly at: number } & NodeKind;

type NodeKind =
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'function'; readonly name: string; readonly args: readonly Node[] }
  | { readonly kind: 'root-property'; readonly name: string }
  | { readonly kind: 'root-method'; readonly name: string; readonly args: readonly Node[] }
  | { readonly kind: 'type'; readonly name: string; readonly dimensions: number }
  | { readonly kind: 'new'; readonly name: string; readonly args: readonly Node[] }
  | {
      readonly kind: 'new-array';
      readonly name: string;
      /** One for each dimension; none if the elements determine the size. */
      readonly sizes: readonly Node[];
      readonly items: readonly Node[];
    }
  | { readonly kind: 'chain'; readonly start: Node; readonly steps: readonly Step[] }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Node; readonly right: Node }
  | { readonly kind: 'unary'; readonly operator: '!' | '-' | '+'; readonly operand: Node }
  | { readonly kind: 'ternary'; readonly condition: Node; readonly yes: Node; readonly no: Node }
  | { readonly kind: 'elvis'; readonly value: Node; readonly otherwise: Node }
  | { readonly kind: 'list'; readonly items: readonly Node[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [key: Node, value: Node])[] };

export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '^'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'and'
  | 'or'
  | 'matches'
  | 'between'
  | 'instanceof';

/** A step after a dot or in brackets. */
export type Step = { readonly at: number; readonly safe: boolean } & StepKind;

type StepKind =
  | { readonly kind: 'property'; readonly name: string }
  | { readonly kind: 'method'; readonly name: string; readonly args: readonly Node[] }
  | { readonly kind: 'index'; readonly index: Node }
  | { readonly kind: 'replace'; readonly value: Node }
  | { readonly kind: 'select'; readonly which: 'all' | 'first' | 'last'; readonly condition: Node }
  | { readonly kind: 'project'; readonly value: Node };
