export type Axis =
  | 'ancestor'
  | 'ancestor-or-self'
  | 'attribute'
  | 'child'
  | 'descendant'
  | 'descendant-or-self'
  | 'following'
  | 'following-sibling'
  | 'parent'
  | 'preceding'
  | 'preceding-sibling'
  | 'self';

export type NodeTest =
  | { readonly kind: 'node' | 'text' | 'comment' }
  | { readonly kind: 'processing-instruction'; readonly target: string | undefined }
  /** `*`, `name`, `prefix:name`, `prefix:*`: no prefix is bound, so it stands for itself as the namespace. */
  | { readonly kind: 'name'; readonly namespace: string | undefined; readonly name: string | undefined };

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
  /** Nothing defines any: it fails when it is evaluated. */
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'negate'; readonly operand: XPathExpression }
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
