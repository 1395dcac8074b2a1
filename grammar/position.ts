/** Where in a text, for people: lines and columns counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The position of the character at `offset`; of the end when past it. Lines end with LF, CR LF or CR. */
export function position(sql: string, offset: number): Position {
  let line = 1;
  let lineStart = 0;
  const end = Math.min(offset, sql.length);
  for (let at = 0; at < end; at++) {
    const code = sql.charCodeAt(at);
    if (code === 10 || (code === 13 && sql.charCodeAt(at + 1) !== 10)) {
      line++;
      lineStart = at + 1;
    }
  }
  return { line, column: end - lineStart + 1 };
}
