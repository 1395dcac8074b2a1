/** CASE and IN (spec: sql-statements.md §3.6). */
import type * as ast from '../../../grammar/ast.ts';
import { ProblemError, problem } from '../../base/errors.ts';
import type { Expression } from '../../plan/expression.ts';
import { typesEqual } from '../../types/equal-types.ts';
import { formatType, formatTypeOrNull } from '../../types/format-type.ts';
import type { SqlType } from '../../types/type.ts';
import { unify } from './common-type.ts';
import { compare } from './comparison.ts';
import type { Binder } from './environment.ts';
import { implicitCast } from './implicit-cast.ts';
import { BOOLEAN } from './literals.ts';

/** The simple form becomes the searched one with `=`. */
export function bindCase(node: ast.CaseExpression, binder: Binder): Expression {
  const branches = node.whens.map((when) =>
    branch(bindWhen(node.operand, when, binder), binder.bind(when.result)),
  );
  const otherwise = node.otherwise === null ? null : binder.bind(node.otherwise);
  const type = branchType(node, branches, otherwise, binder);
  const typed = (result: Expression): Expression => implicitCast(result, type);
  return {
    kind: 'case',
    type,
    branches: branches.map(({ when, then }) => branch(when, typed(then))),
    otherwise: otherwise === null ? null : typed(otherwise),
  };
}

type Branch = Extract<Expression, { kind: 'case' }>['branches'][number];

function branch(when: Expression, result: Expression): Branch {
  // biome-ignore lint/suspicious/noThenProperty: the plan's name for it; never awaited
  return { when, then: result };
}

function bindWhen(
  operand: ast.Expression | null,
  when: ast.WhenClause,
  binder: Binder,
): Expression {
  if (operand !== null) return compare('=', operand, when.condition, binder);
  const bound = binder.bind(when.condition);
  if (bound.type?.kind === 'BOOLEAN') return bound;
  throw problem(
    'analyze.case',
    `WHEN operand type should be boolean.\nType for '${binder.print(when.condition)}' is ${formatTypeOrNull(bound.type)}`,
    { span: when.condition.span },
  );
}

function branchType(
  node: ast.CaseExpression,
  branches: readonly { readonly then: Expression }[],
  otherwise: Expression | null,
  binder: Binder,
): SqlType {
  let known: SqlType | null = null;
  for (const [index, { then }] of branches.entries()) {
    if (then.type === null) continue;
    if (known !== null && !typesEqual(known, then.type)) {
      const result = node.whens[index]!.result;
      throw problem(
        'analyze.case',
        `Invalid Case expression. Type for all 'THEN' clauses should be the same.\nTHEN expression '${binder.print(result)}' has type: ${formatType(then.type)}.\nPrevious THEN expression(s) type: ${formatType(known)}.`,
        { span: result.span },
      );
    }
    known = then.type;
  }
  const last = otherwise?.type ?? null;
  if (known !== null && last !== null && !typesEqual(known, last))
    throw problem(
      'analyze.case',
      `Invalid Case expression. Type for the default clause should be the same as for 'THEN' clauses.\nTHEN type: ${formatType(known)}.\nDEFAULT type: ${formatType(last)}.`,
      { span: node.span },
    );
  const type = known ?? last;
  if (type === null)
    throw problem('analyze.case', 'Invalid Case expression. All case branches have NULL type', {
      span: node.span,
    });
  return type;
}

/** Literal NULLs in the list match nothing and are dropped. */
export function bindIn(node: ast.InExpression, binder: Binder): Expression {
  const items = node.items.filter((item) => item.kind !== 'null');
  const unified = inPredicate(() => unify([node.value, ...items], binder));
  const [operand, ...rest] = unified?.items ?? [];
  if (operand === undefined || rest.length === 0)
    return { kind: 'literal', type: BOOLEAN, value: false };
  return { kind: 'in', type: BOOLEAN, operand, items: rest };
}

function inPredicate<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    throw problem(error.code, `Invalid Predicate: ${error.message}`, {
      ...(error.span && { span: error.span }),
      cause: error,
    });
  }
}
