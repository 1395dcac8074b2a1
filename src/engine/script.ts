/**
 * The statements of a request, one after the other. Variables are substituted before parsing and a DEFINE changes what
 * follows it, so text with variables is parsed statement by statement; what stands before is blanked out, not cut off, so
 * that lines and columns in messages stay those of the whole text.
 */
import type { Statement } from '../../grammar/ast.ts';
import { parse } from '../../grammar/parse.ts';
import { splitStatements } from '../../grammar/split.ts';
import { substituteVariables } from '../../grammar/variables.ts';

export interface ScriptStatement {
  readonly ast: Statement;
  /** As written, variables substituted. */
  readonly text: string;
  /** The text that the spans of `ast` refer to. */
  readonly script: string;
}

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
  const { complete, rest, restStart } = splitStatements(sql);
  const spans = complete.map(({ span }) => span);
  if (rest !== '') spans.push({ start: restStart, end: sql.length });
  return spans.flatMap((span) => {
    const before = sql.slice(0, span.start).replace(/[^\n]/g, ' ');
    const script = before + substituteVariables(sql.slice(span.start, span.end), known);
    const statements = parse(script, parseOptions);
    for (const ast of statements) {
      if (ast.kind === 'define') known.set(ast.name, ast.value);
      if (ast.kind === 'undefine') known.delete(ast.name);
    }
    return statements.map((ast) => ({ ast, text: ast.text, script }));
  });
}
