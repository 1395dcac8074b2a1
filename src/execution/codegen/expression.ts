/**
 * Expressions to JavaScript. Every expression becomes statements that end in a local, so that laziness (AND, OR, CASE) and
 * isolation (try/catch around arguments) need no closures.
 *
 * Errors follow the kinds (spec: sql-statements.md §3.8, functions.md §1.3): an argument of a call that is a call, a field
 * access or a cast, an element of a constructor and any cast fail alone: they become NULL and are reported. Everything else
 * fails the expression around it. Logic has two values; numeric operators refuse NULL.
 */
import { unreachable } from '../../base/assert.ts';
import type { FunctionRegistry } from '../../functions/define.ts';
import type { Expression, NamedExpression } from '../../plan/expression.ts';
import { typesEqual } from '../../types/equal-types.ts';
import type { SqlType } from '../../types/type.ts';
import { emitArithmetic, emitNegate } from './arithmetic.ts';
import { emitCall, emitLambda } from './call.ts';
import { emitCast } from './cast.ts';
import { emitComparison, emitIn, emitLike } from './comparison.ts';
import type { Emitter } from './generate.ts';
import { emitArray, emitMap, emitStruct, emitSubscript } from './container.ts';

/** What compiled code may know and call. */
export interface CompileContext {
  readonly functions: FunctionRegistry;
  readonly properties: Readonly<Record<string, string>>;
  readonly now: () => number;
  readonly random: () => number;
  /** Told what was isolated or became NULL. */
  readonly onError?: (message: string) => void;
}

/** Text of a value that is free of effects, and whether it may be NULL. */
export interface Code {
  readonly text: string;
  readonly nullable: boolean;
}

/** Where an expression is emitted to. `column` and the others give text that is free of effects. */
export interface EmitScope {
  readonly emitter: Emitter;
  readonly context: CompileContext;
  readonly column: (side: 'key' | 'value', index: number) => string;
  readonly rowtime: string;
  readonly window: (bound: 'start' | 'end') => string;
  /** Locals of the lambda inputs in reach. */
  readonly params: ReadonlyMap<string, string>;
}

export const NULL_CODE: Code = { text: 'null', nullable: true };

/** Emits the statements that compute the expression. */
export function emitExpression(e: Expression, scope: EmitScope): Code {
  switch (e.kind) {
    case 'literal':
      return emitLiteral(e, scope);
    case 'column':
      return { text: scope.column(e.side, e.index), nullable: true };
    case 'rowtime':
      return { text: scope.rowtime, nullable: false };
    case 'window':
      return { text: scope.window(e.bound), nullable: false };
    case 'param':
      return { text: scope.params.get(e.name)!, nullable: true };
    case 'call':
      return emitCall(e, scope);
    case 'lambda':
      return emitLambda(e, scope);
    case 'arithmetic':
      return emitArithmetic(e, scope);
    case 'negate':
      return emitNegate(e, scope);
    case 'comparison':
      return emitComparison(e, scope);
    case 'logical':
      return emitLogical(e, scope);
    case 'not':
      return { text: `(!${emitBoolean(e.operand, scope)})`, nullable: false };
    case 'is-null': {
      const operand = emitExpression(e.operand, scope);
      if (!operand.nullable) return { text: String(e.negated), nullable: false };
      return { text: `(${operand.text}${e.negated ? '!==' : '==='}null)`, nullable: false };
    }
    case 'in':
      return emitIn(e, scope);
    case 'like':
      return emitLike(e, scope);
    case 'case':
      return emitCase(e, scope);
    case 'cast':
      return emitCast(e, scope);
    case 'subscript':
      return emitSubscript(e, scope);
    case 'field': {
      const operand = emitExpression(e.operand, scope);
      const struct = scope.emitter.atom(operand.text);
      const text = `${struct}[${e.index}]`;
      return { text: operand.nullable ? `(${struct}===null?null:${text})` : text, nullable: true };
    }
    case 'array':
      return emitArray(e, scope);
    case 'map':
      return emitMap(e, scope);
    case 'struct':
      return emitStruct(e, scope);
    default:
      return unreachable(e);
  }
}

function emitLiteral(e: Extract<Expression, { kind: 'literal' }>, scope: EmitScope): Code {
  if (e.value === null) return NULL_CODE;
  const kind = e.type?.kind;
  if (kind === 'BIGINT' || kind === 'DECIMAL') {
    const value = BigInt(e.value);
    return { text: value < 0n ? `(${value}n)` : `${value}n`, nullable: false };
  }
  if (typeof e.value === 'boolean') return { text: String(e.value), nullable: false };
  if (typeof e.value === 'number' && Number.isInteger(e.value) && e.value >= 0)
    if (!Object.is(e.value, -0) && e.value < 2 ** 31)
      return { text: String(e.value), nullable: false };
  return { text: scope.emitter.constant(e.value), nullable: false };
}

/** A BOOLEAN where NULL is an error: operand of logic, condition. */
export function emitBoolean(e: Expression, scope: EmitScope): string {
  const code = emitExpression(e, scope);
  if (!code.nullable) return code.text;
  const atom = scope.emitter.atom(code.text);
  scope.emitter.line(`if(${atom}===null)${scope.emitter.constant(failOnNull)}();`);
  return atom;
}

/** Thrown for NULL operands of numeric operators and conditions. */
export function failOnNull(): never {
  throw new Error(NULL_OPERAND);
}

const NULL_OPERAND = 'NULL operand';

function emitLogical(e: Extract<Expression, { kind: 'logical' }>, scope: EmitScope): Code {
  const { emitter } = scope;
  const result = emitter.local(emitBoolean(e.left, scope));
  emitter.line(`if(${e.op === 'AND' ? '' : '!'}${result}){`);
  emitter.line(`${result}=${emitBoolean(e.right, scope)};`);
  emitter.line('}');
  return { text: result, nullable: false };
}

function emitCase(e: Extract<Expression, { kind: 'case' }>, scope: EmitScope): Code {
  const { emitter } = scope;
  const result = emitter.local('null');
  for (const branch of e.branches) {
    emitter.line(`if(${emitBoolean(branch.when, scope)}){`);
    emitter.line(`${result}=${emitExpression(branch.then, scope).text};`);
    emitter.line('}else{');
  }
  if (e.otherwise !== null) emitter.line(`${result}=${emitExpression(e.otherwise, scope).text};`);
  emitter.line('}'.repeat(e.branches.length));
  return { text: result, nullable: true };
}

/** Do the parts that can fail alone do so? `ksql.nested.error.set.null`, on by default (spec: sql-statements.md §3.8). */
export function isolates({ properties }: CompileContext): boolean {
  return properties['ksql.nested.error.set.null'] !== 'false';
}

/** Emits the expression so that a failure makes it NULL and is reported; what cannot fail is not wrapped. */
export function emitIsolated(e: Expression, scope: EmitScope): Code {
  const { emitter, context } = scope;
  if (!isolates(context) || !canFail(e, context)) return emitExpression(e, scope);
  const result = emitter.local('null');
  emitter.line('try{');
  emitter.line(`${result}=${emitExpression(e, scope).text};`);
  emitter.line(`}catch(e){${result}=null;${emitter.constant(reporter(scope.context))}(e);}`);
  return { text: result, nullable: true };
}

const reporters = new WeakMap<CompileContext, (error: unknown) => void>();
function reporter(context: CompileContext): (error: unknown) => void {
  let report = reporters.get(context);
  if (report === undefined) {
    report = (error) => context.onError?.(messageOf(error));
    reporters.set(context, report);
  }
  return report;
}

/** Text of a failed evaluation. Bugs of ours are not evaluation errors and pass through. */
export function messageOf(error: unknown): string {
  if (error instanceof Error && error.name !== 'AssertionError') return error.message;
  throw error;
}

/** May the evaluation throw? Errs on the side of yes. */
export function canFail(e: Expression, context: CompileContext): boolean {
  switch (e.kind) {
    case 'literal':
    case 'column':
    case 'rowtime':
    case 'window':
    case 'param':
      return false;
    case 'field':
    case 'is-null':
      return canFail(e.operand, context);
    case 'array':
    case 'struct':
    case 'cast':
      // Isolated by itself, or its elements are.
      return !isolates(context);
    case 'comparison':
      return (
        mayRefuse(e.left.type, e.right.type) ||
        canFail(e.left, context) ||
        canFail(e.right, context)
      );
    case 'in':
      return canFail(e.operand, context) || e.items.some((item) => canFail(item, context));
    default:
      return true;
  }
}

/** May a comparison fail for the values of the types: text that is no date, a DOUBLE that is no DECIMAL? Also deep inside. */
function mayRefuse(left: SqlType | null, right: SqlType | null): boolean {
  if (left === null || right === null || left.kind !== right.kind) return true;
  return left.kind !== 'DECIMAL' && !typesEqual(left, right);
}

/** Emits one column of a projection: NULL and a report if it fails. */
export function emitColumn(column: NamedExpression, index: number, scope: EmitScope): string {
  const { emitter, context } = scope;
  if (!canFail(column.expression, context)) return emitExpression(column.expression, scope).text;
  const report = (error: unknown): void =>
    context.onError?.(
      `Error computing expression ${column.text} for column ${column.name} with index ${index}: ${messageOf(error)}`,
    );
  const result = emitter.local('null');
  emitter.line('try{');
  emitter.line(`${result}=${emitExpression(column.expression, scope).text};`);
  emitter.line(`}catch(e){${result}=null;${emitter.constant(report)}(e);}`);
  return result;
}

/** Emits a condition that is false, and reported, when it fails or is NULL. */
export function emitPredicate(e: Expression, text: string, scope: EmitScope): string {
  const { emitter, context } = scope;
  const report = (error: unknown): void =>
    context.onError?.(`Error evaluating predicate ${text}: ${messageOf(error)}`);
  if (!canFail(e, context)) {
    const code = emitExpression(e, scope);
    if (!code.nullable) return code.text;
    const value = emitter.local(code.text);
    const failed = emitter.constant(() => report(new Error(NULL_OPERAND)));
    emitter.line(`if(${value}===null){${value}=false;${failed}();}`);
    return value;
  }
  const result = emitter.local('false');
  emitter.line('try{');
  emitter.line(`${result}=${emitBoolean(e, scope)};`);
  emitter.line(`}catch(e){${result}=false;${emitter.constant(report)}(e);}`);
  return result;
}
