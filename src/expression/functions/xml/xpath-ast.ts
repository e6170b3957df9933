export type Axis =
  | 'ancestor'
  | 'ancestor-or-self'
  | 'attribute'
  | 'child'
  | 'descendant'
  | 'descendant-or-self'
  | 'following'
  | 'following-sibling'
  | 'namespace'
  | 'parent'
  | 'preceding'
  | 'preceding-sibling'
  | 'self';

export type NodeTest =
  | { readonly kind: 'node' | 'text' | 'comment' }
  | { readonly kind: 'processing-instruction'; readonly target: string | undefined }
  | NameTest;

/** `*`, `name`, `prefix:name`, `prefix:*`: no prefix is bound, so the prefix itself is the namespace. */
export interface NameTest {
  readonly kind: 'name';
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  /** Compare the name as it is written, prefix and all, instead of its local part. */
  readonly written?: true;
}

export interface Step {
  readonly axis: Axis;
  readonly test: NodeTest;
  readonly predicates: readonly XPathExpression[];
}

export type BinaryOperator =
  | 'or'
  | 'and'
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '+'
  | '-'
  | '*'
  | 'div'
  | 'mod'
  | '|';

export type XPathExpression =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  /** No variable is defined: it fails when it is evaluated. */
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'negate'; readonly operand: XPathExpression }
  /** `(…)`: the same value, but a path is evaluated differently. */
  | { readonly kind: 'group'; readonly inner: XPathExpression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: XPathExpression;
      readonly right: XPathExpression;
    }
  | { readonly kind: 'call'; readonly name: string; readonly parameters: readonly XPathExpression[] }
  | {
      readonly kind: 'path';
      /** Where the steps start: at the document, at the context node, or at the nodes of an expression. */
      readonly from: 'root' | 'context' | XPathExpression;
      readonly predicates: readonly XPathExpression[];
      readonly steps: readonly Step[];
    };
