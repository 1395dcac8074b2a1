/**
 * `?` in a statement, each replaced by the next parameter's literal. What stands in strings, quoted names and comments is no
 * `?`. Until servers take parameters themselves this is done here; it has tests of its own with hostile values.
 */
import { LeatError } from './leat-error.ts';
import { literal, type LiteralOptions, type Parameter } from './literal.ts';

/** What is skipped as a whole, then what is left of it where its end is missing. A doubled quote is two strings side by side. */
const pieces = /'[^']*'|"[^"]*"|`[^`]*`|--[^\r\n]*|\/\*[\s\S]*?\*\/|\?|['"`]|\/\*/g;
const unterminated: ReadonlySet<string> = new Set(["'", '"', '`', '/*']);

/** Throws `client.bad-parameter` when there are more or fewer `?` than parameters, or a string in the statement has no end. */
export function withParameters(
  sql: string,
  parameters: readonly Parameter[],
  options: LiteralOptions,
): string {
  let used = 0;
  const text = sql.replace(pieces, (piece) => {
    // The quotes of a literal would end it.
    if (unterminated.has(piece)) throw bad(`${piece} has no end in the statement`, sql);
    if (piece !== '?') return piece;
    const at = used++;
    // Spaces keep a literal apart from its neighbours: 1-? with -1 is no comment, and two strings side by side are not one.
    return at < parameters.length ? ` ${literal(parameters[at] as Parameter, options)} ` : piece;
  });
  if (used === parameters.length) return text;
  throw bad(`the statement has ${used} ? and ${parameters.length} parameters were given`, sql);
}

function bad(message: string, statement: string): LeatError {
  return new LeatError({ code: 'client.bad-parameter', message, statement });
}
