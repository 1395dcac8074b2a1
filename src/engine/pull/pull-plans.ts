/**
 * Compiled pull queries, to be used again as long as the catalog stays what it is. A query that asks for one key by literals is kept
 * by its shape, the text without them, so that queries for other keys need no parsing either; any other by its text. Constants
 * of a condition are evaluated when a query is planned, so one that calls functions is planned anew each time.
 */
import type * as ast from '../../../grammar/ast.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { callsOf } from '../../sql/expression/walk.ts';
import { disjuncts } from '../../sql/query/disjuncts.ts';
import type { Field } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';
import type { StatementRequest } from '../api.ts';
import { pullPlansMax } from '../limits.ts';
import type { CompiledPull } from './pull-query.ts';

/** A literal of a statement's text. */
interface Literal {
  readonly kind: 'string' | 'integer';
  readonly text: string;
}
type KeyOf = (literals: readonly Literal[]) => Row | null;

interface Kept {
  readonly compiled: CompiledPull;
  /** The key that the literals say, null where it is not theirs to say; absent for a query kept by its text. */
  readonly keyOf: KeyOf | null;
}

export class PullPlans {
  readonly #kept = new Map<string, Kept>();
  #catalog: Catalog | null = null;

  /** The compiled form of the request's statement, if it is known. */
  find(request: StatementRequest, catalog: Catalog): CompiledPull | null {
    this.#adopt(catalog);
    if (this.#kept.size === 0) return null;
    const context = contextOf(request);
    const byText = this.#kept.get(context + request.sql);
    if (byText !== undefined) return byText.compiled;
    const shape = shapeOf(request.sql);
    const kept = shape === null ? undefined : this.#kept.get(context + shape.text);
    const key = kept?.keyOf?.(shape!.literals) ?? null;
    if (kept === undefined || key === null) return null;
    return { ...kept.compiled, plan: { ...kept.compiled.plan, lookups: [key] } };
  }

  /** Keeps the request's one statement; `compile` makes its functions, without its condition where the key says all of it. */
  keep(
    request: StatementRequest,
    { query }: ast.SelectStatement,
    {
      catalog,
      compile,
    }: { readonly catalog: Catalog; readonly compile: (isByKey: boolean) => CompiledPull },
  ): CompiledPull {
    const shape = shapeOf(request.sql);
    const keyOf = shape === null ? null : keyReader(query, shape.literals, catalog);
    const compiled = compile(keyOf !== null);
    const isKept =
      shape !== null &&
      (keyOf !== null || query.where === null || callsOf(query.where, () => true).length === 0);
    if (!isKept) return compiled;
    this.#adopt(catalog);
    if (this.#kept.size >= pullPlansMax) this.#kept.clear();
    const text = keyOf === null ? request.sql : shape.text;
    this.#kept.set(contextOf(request) + text, { compiled, keyOf });
    return compiled;
  }

  #adopt(catalog: Catalog): void {
    if (this.#catalog === catalog) return;
    this.#catalog = catalog;
    this.#kept.clear();
  }
}

/** What else than the text decides. */
function contextOf({ properties, role }: StatementRequest): string {
  let text = role ?? '';
  for (const name in properties) text += `\n${name}=${JSON.stringify(properties[name])}`;
  return `${text}\n`;
}

/** Strings, what is in quotes, whole numbers, and what makes a text too hard to read: comments and variables. */
const pieces = /'(?:[^']|'')*'|"[^"]*"|`[^`]*`|(?<![\w.])\d+(?![\w.])|--|\/\*|\$\{/g;

/** The text with marks in place of its literals; null where it takes the parser to tell. */
function shapeOf(
  sql: string,
): { readonly text: string; readonly literals: readonly Literal[] } | null {
  const literals: Literal[] = [];
  let isPlain = true;
  const text = sql.replace(pieces, (piece) => {
    const first = piece[0] as string;
    if (first === "'") {
      literals.push({ kind: 'string', text: piece.slice(1, -1).replaceAll("''", "'") });
      return '\0s';
    }
    if (first >= '0' && first <= '9') {
      literals.push({ kind: 'integer', text: piece });
      return '\0i';
    }
    if (first !== '"' && first !== '`') isPlain = false;
    return piece;
  });
  return isPlain && !sql.includes('${') ? { text, literals } : null;
}

/** Reads the key from the literals of a query that says nothing but `column = literal` for each key column; else null. */
function keyReader(query: ast.Query, literals: readonly Literal[], catalog: Catalog): KeyOf | null {
  const key = catalog.sources.get(query.from.source.name.name)?.schema.key ?? [];
  const alternatives = query.where === null ? [] : (disjuncts(query.where) ?? []);
  const [conditions] = alternatives;
  if (conditions === undefined || alternatives.length > 1) return null;
  if (conditions.length !== key.length || literals.length !== key.length) return null;
  const columns = conditions.map((node, at) => keyColumn(node, key, literals[at]!));
  if (columns.some((column) => column < 0) || new Set(columns).size !== key.length) return null;
  return (given) => {
    const row: Value[] = [];
    for (const [at, column] of columns.entries()) {
      const value = literalValue(given[at]!, key[column]!);
      if (value === null) return null;
      row[column] = value;
    }
    return row;
  };
}

/** Which key column the condition sets equal to this very literal, or -1. */
function keyColumn(node: ast.Expression, key: readonly Field[], literal: Literal): number {
  if (node.kind !== 'comparison' || node.operator !== '=' || node.left.kind !== 'column') return -1;
  const { name } = node.left.name;
  const column = key.findIndex((field) => field.name === name);
  const { right } = node;
  if (column < 0 || right.kind !== literal.kind) return -1;
  if (right.kind === 'string' && right.value !== literal.text) return -1;
  if (right.kind === 'integer' && right.value !== BigInt(literal.text)) return -1;
  return literalValue(literal, key[column]!) === null ? -1 : column;
}

/** The literal as a value of the column; null where that takes a conversion. */
function literalValue({ kind, text }: Literal, { type }: Field): Value {
  if (kind === 'string') return type.kind === 'STRING' ? text : null;
  // Longer numbers may not fit.
  if (type.kind === 'INTEGER') return text.length < 10 ? Number(text) : null;
  return type.kind === 'BIGINT' && text.length < 19 ? BigInt(text) : null;
}
