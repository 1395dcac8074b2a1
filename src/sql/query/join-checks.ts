/** Which joins exist (spec: semantics.md §7.1, §7.2). Messages are ksqlDB's. */
import type * as ast from '../../../grammar/ast.ts';
import { problem } from '../../base/errors.ts';
import type { JoinKind } from '../../plan/logical.ts';
import { typesEqual } from '../../types/equal-types.ts';
import { formatTypeOrNull } from '../../types/format-type.ts';
import type { SqlType } from '../../types/type.ts';
import type { JoinCriteria } from './join-criteria.ts';
import type { JoinSide } from './join-side.ts';

const TYPE_TEXT: Readonly<Record<ast.Join['type'], string>> = {
  INNER: '[INNER] JOIN',
  LEFT: 'LEFT [OUTER] JOIN',
  RIGHT: 'RIGHT [OUTER] JOIN',
  FULL: '[FULL] OUTER JOIN',
};

export interface JoinAttempt {
  readonly join: ast.Join;
  readonly criteria: JoinCriteria;
  readonly left: JoinSide;
  readonly right: JoinSide;
  readonly added: string;
}

/** What kind of join this is; refuses what there is no join for. */
export function joinKind(attempt: JoinAttempt): JoinKind {
  const { left, right, join, criteria, added } = attempt;
  const got = `Got ${criteria.leftSource} ${TYPE_TEXT[join.type]} ${added}.`;
  const condition = `Got ${criteria.leftText} = ${criteria.rightText}.`;
  const refuse = (message: string): Error => problem('analyze.join', message, { span: join.span });
  const onRightKey = right.keyTexts.has(rightText(attempt));
  if (left.plan.collection === 'table' && right.plan.collection === 'stream')
    throw refuse(
      `Invalid join order: table-stream joins are not supported; only stream-table joins. ${got}`,
    );
  if (right.plan.collection === 'stream') return 'stream-stream';
  if (left.plan.collection === 'stream') {
    if (join.type === 'FULL')
      throw refuse(
        `Invalid join type: full-outer join not supported for stream-table join. ${got}`,
      );
    if (join.type === 'RIGHT') throw refuse(`Invalid join type encountered: ${TYPE_TEXT.RIGHT}`);
    if (!onRightKey)
      throw refuse(
        `Invalid join condition: stream-table joins require to join on the table's primary key. ${condition}`,
      );
    return 'stream-table';
  }
  if (!onRightKey)
    throw refuse(
      `Invalid join condition: table-table joins require to join on the primary key of the right input table. ${condition}`,
    );
  if (left.keyTexts.has(leftText(attempt))) return 'table-table';
  checkForeignKey(attempt, got, condition);
  return 'foreign-key';
}

function checkForeignKey({ left, right, join }: JoinAttempt, got: string, condition: string): void {
  const refuse = (message: string): Error => problem('analyze.join', message, { span: join.span });
  if (left.isJoin)
    throw refuse(
      `Invalid join condition: foreign-key table-table joins are not supported as part of n-way joins. ${condition}`,
    );
  if (left.plan.window !== null || right.plan.window !== null)
    throw refuse('Foreign-key table-table joins are not supported on windowed tables.');
  if (join.type === 'RIGHT') throw refuse('RIGHT OUTER JOIN on a foreign key is not supported');
  if (join.type === 'FULL')
    throw refuse(
      `Invalid join type: full-outer join not supported for foreign-key table-table join. ${got}`,
    );
}

/** The criteria's sides, whichever way round they were written, as `keyTexts` has them. */
export function leftText({ criteria }: Pick<JoinAttempt, 'criteria'>): string {
  return criteria.flipped ? criteria.rightText : criteria.leftText;
}
export function rightText({ criteria }: Pick<JoinAttempt, 'criteria'>): string {
  return criteria.flipped ? criteria.leftText : criteria.rightText;
}

/** Stream-stream joins need a WITHIN clause, others have none. */
export function checkWithin(kind: JoinKind, join: ast.Join): void {
  if (kind === 'stream-stream') {
    if (join.within !== null) return;
    throw problem(
      'analyze.join-within',
      'Stream-Stream joins must have a WITHIN clause specified. None was provided. To learn about how to specify a WITHIN clause with a stream-stream join, please visit: https://docs.confluent.io/current/ksql/docs/syntax-reference.html#create-stream-as-select',
      { span: join.span },
    );
  }
  if (join.within === null) return;
  const name = kind === 'stream-table' ? 'Stream-Table' : 'Table-Table';
  throw problem(
    'analyze.join-within',
    `A window definition was provided for a ${name} join. These joins are not windowed. Please drop the window definition (ie. the WITHIN clause) and try to execute your join again.`,
    { span: join.within.span },
  );
}

/** Both sides of the criteria have the same type. */
export function checkKeyTypesMatch(
  { join, criteria, left, right }: JoinAttempt,
  types: readonly [SqlType | null, SqlType | null],
): void {
  const [leftType, rightType] = types;
  if (leftType !== null && rightType !== null && typesEqual(leftType, rightType)) return;
  const [first, second] = criteria.flipped ? [rightType, leftType] : [leftType, rightType];
  const streams = left.plan.collection === 'stream' && right.plan.collection === 'stream';
  throw problem(
    'analyze.join-types',
    streams
      ? `Invalid join. Key types differ: ${formatTypeOrNull(first)} vs ${formatTypeOrNull(second)}`
      : `Invalid join condition: types don't match. Got ${criteria.leftText}{${formatTypeOrNull(first)}} = ${criteria.rightText}{${formatTypeOrNull(second)}}.`,
    { span: join.on.span },
  );
}

/** Windowed sources join on key and window, so both are windowed in the same way. */
export function checkWindows({ left, right, join }: JoinAttempt): void {
  const a = left.plan.window;
  const b = right.plan.window;
  if (a === null && b === null) return;
  if (a === null || b === null) {
    const line = (side: JoinSide): string =>
      `\`${side.source.name}\` is ${side.plan.window === null ? 'not' : side.plan.window.kind} windowed`;
    throw problem(
      'analyze.join-windows',
      `Can not join windowed source to non-windowed source.\n${line(left)}\n${line(right)}`,
      { span: join.span },
    );
  }
  if ((a.kind === 'SESSION') === (b.kind === 'SESSION')) return;
  throw problem(
    'analyze.join-windows',
    `Incompatible windowed sources.\nLeft source: ${a.kind}\nRight source: ${b.kind}\n` +
      'Session windowed sources can only be joined to other session windowed sources, and may still not result in expected behaviour as session bounds must be an exact match for the join to work\n' +
      'Hopping and tumbling windowed sources can only be joined to other hopping and tumbling windowed sources',
    { span: join.span },
  );
}

/** Sides that are not re-keyed meet partition by partition. */
export function checkPartitions({ left, right, join }: JoinAttempt): void {
  const { partitions: a } = left;
  const { partitions: b } = right;
  if (a === null || b === null || a === b) return;
  const first = left.source.name;
  const second = right.source.name;
  throw problem(
    'analyze.join-partitions',
    `Can't join \`${first}\` with \`${second}\` since the number of partitions don't match. \`${first}\` partitions = ${a}; \`${second}\` partitions = ${b}. Please repartition either one so that the number of partitions match.`,
    { span: join.span },
  );
}
