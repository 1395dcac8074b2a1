/**
 * The statements of a request, one after the other. Variables are substituted before parsing and a DEFINE changes what
 * follows it, so text with variables is parsed statement by statement; what stands before is blanked out, not cut off, so
 * that lines and columns in messages stay those of the whole text.
 */
import type { Statement } from '../../../grammar/ast.ts';
import { parse } from '../../../grammar/parse.ts';
import { splitStatements } from '../../../grammar/split.ts';
import { substituteVariables } from '../../../grammar/variables.ts';
import type { Span } from '../../base/errors.ts';

export interface ScriptStatement {
  readonly ast: Statement;
  /** As written, variables substituted. */
  readonly text: string;
  /** The text that the spans of `ast` refer to. */
  readonly script: string;
}

/** Characters before a statement up to which its lines are counted from the start of the whole text. */
const placedPrefixMax: number = 64 * 1024;

export interface ScriptOptions {
  /** False turns `${name}` off (`ksql.variable.substitution.enable`). */
  readonly substitute: boolean;
  readonly testStatements: boolean;
}

/** Parses all of `sql`; throws the first syntax error anywhere. DEFINE and UNDEFINE apply to what follows them. */
export function parseScript(
  sql: string,
  variables: ReadonlyMap<string, string>,
  options: ScriptOptions = { substitute: true, testStatements: false },
): readonly ScriptStatement[] {
  const parseOptions = { testStatements: options.testStatements };
  if (!options.substitute || !sql.includes('${')) {
    return parse(sql, parseOptions).map((ast) => ({ ast, text: ast.text, script: sql }));
  }
  const known = new Map(variables);
  return statementSpans(sql).flatMap((span) => {
    const start = span.start > placedPrefixMax ? span.start : 0;
    const before = sql.slice(start, span.start).replace(/[^\n]/g, ' ');
    const script = substituteVariables(before + sql.slice(span.start, span.end), known);
    const statements = parse(script, parseOptions);
    for (const ast of statements) {
      if (ast.kind === 'define') known.set(ast.name, ast.value);
      if (ast.kind === 'undefine') known.delete(ast.name);
    }
    return statements.map((ast) => ({ ast, text: ast.text, script }));
  });
}

/** The text of the statement of `sql` that the character at `offset` belongs to, or the last; null if there is none. */
export function statementAt(sql: string, offset: number): string | null {
  const spans = statementSpans(sql);
  const span = spans.find(({ end }) => offset < end) ?? spans.at(-1);
  return span === undefined ? null : sql.slice(span.start, span.end);
}

/** Where the statements are, the last perhaps without its semicolon. */
function statementSpans(sql: string): readonly Span[] {
  const { complete, rest, restStart } = splitStatements(sql);
  const spans = complete.map(({ span }) => span);
  return rest === '' ? spans : [...spans, { start: restStart, end: restStart + rest.length }];
}
