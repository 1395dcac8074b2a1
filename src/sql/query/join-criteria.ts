/** The ON clause of a join: one equality between an earlier source and the new one (spec: semantics.md §7.1). */
import type * as ast from '../../../grammar/ast.ts';
import { problem } from '../../base/errors.ts';
import { type BindEnvironment, printQualified } from '../expression/environment.ts';
import { resolveColumn } from '../expression/scope.ts';
import { columnReferences } from '../expression/walk.ts';

export interface JoinCriteria {
  /** Over an earlier source. */
  readonly left: ast.Expression;
  readonly leftSource: string;
  /** Over the source being joined. */
  readonly right: ast.Expression;
  /** The new source stands on the left of the equals sign. */
  readonly flipped: boolean;
  /** As messages show it: sides as written, columns qualified. */
  readonly leftText: string;
  readonly rightText: string;
}

/** `environment` has the columns of all sources; `joined` are the aliases before, `added` the one being joined. */
export function joinCriteria(
  join: ast.Join,
  sources: { readonly joined: readonly string[]; readonly added: string },
  environment: BindEnvironment,
): JoinCriteria {
  const { on } = join;
  const print = (node: ast.Expression): string => printQualified(node, environment.scope);
  const comparison = equality(on, environment);
  const sides = [comparison.left, comparison.right].map((node) => ({
    node,
    source: onlySource(node, comparison, environment),
  }));
  const [left, right] = sides as [Side, Side];
  if (left.source === right.source)
    throw problem(
      'analyze.join-criteria',
      `Each side of the join must reference exactly one source and not the same source. Left side references \`${left.source}\` and right references \`${right.source}\``,
      { span: on.span },
    );
  const { added, joined } = sources;
  if (left.source !== added && right.source !== added)
    throw problem(
      'analyze.join-criteria',
      `A join criteria is expected to reference the source (\`${added}\`) in the FROM clause, instead the right source references \`${right.source}\` and the left source references \`${left.source}\``,
      { span: on.span },
    );
  const [earlier, latest] = right.source === added ? [left, right] : [right, left];
  if (!joined.includes(earlier.source))
    throw problem(
      'analyze.join-order',
      `Cannot build JOIN tree; neither source in the join is the FROM source or included in a previous JOIN: (\`${left.source}\`, \`${right.source}\`)`,
      { span: on.span },
    );
  return {
    left: earlier.node,
    leftSource: earlier.source,
    right: latest.node,
    flipped: latest === left,
    leftText: print(comparison.left),
    rightText: print(comparison.right),
  };
}

interface Side {
  readonly node: ast.Expression;
  readonly source: string;
}

function equality(on: ast.Expression, { scope }: BindEnvironment): ast.ComparisonExpression {
  const text = printQualified(on, scope);
  if (on.kind === 'logical')
    throw problem(
      'analyze.join-criteria',
      `Invalid join condition: joins on multiple conditions are not yet supported. Got ${text}.`,
      { span: on.span },
    );
  if (on.kind !== 'comparison')
    throw problem('analyze.join-criteria', `Unsupported join expression: ${text}.`, {
      span: on.span,
    });
  if (on.operator !== '=')
    throw problem('analyze.join-criteria', 'Only equality join criteria is supported.', {
      span: on.span,
    });
  return on;
}

function onlySource(
  node: ast.Expression,
  on: ast.ComparisonExpression,
  { scope, text }: BindEnvironment,
): string {
  const found = columnReferences(node).map(
    (reference) => resolveColumn(scope, reference, { clause: 'JOIN ON', text }).source,
  );
  const [source, ...others] = [...new Set(found)];
  if (source !== undefined && source !== null && others.length === 0) return source;
  throw problem(
    'analyze.join-criteria',
    `Invalid comparison expression '${printQualified(node, scope)}' in join '${printQualified(on, scope)}'. Each side of the join comparision must contain references from exactly one source.`,
    { span: node.span },
  );
}
