/** What is a command of the shell, and what it is given (spec: cli.md §3). */

/** The words that commands begin with. */
export const commandWords = [
  'help',
  'clear',
  'output',
  'history',
  'version',
  'exit',
  'quit',
  'run script',
  'server',
  'spool',
  'set cli',
] as const;
export type CommandWord = (typeof commandWords)[number];

const patterns = commandWords.map((word) => ({
  word,
  pattern: new RegExp(`^${word.replace(' ', '[ \\t]+')}(?![^\\s;])`, 'i'),
}));

/** The command that `text` begins with: to the end of the line or to a `;` outside of quotes, which belongs to it. */
export function commandAt(text: string): string | null {
  if (!patterns.some(({ pattern }) => pattern.test(text))) return null;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "'") isQuoted = !isQuoted;
    if (text[at] === '\n') return text.slice(0, at);
    if (text[at] === ';' && !isQuoted) return text.slice(0, at + 1);
  }
  return text;
}

/** The word and arguments of a command; null when the line is none. */
export function parseCommand(
  line: string,
): { readonly word: CommandWord; readonly args: readonly string[] } | null {
  for (const { word, pattern } of patterns) {
    const found = pattern.exec(line);
    if (found !== null)
      return { word, args: argumentsOf(line.slice(found[0].length).replace(/;\s*$/, '')) };
  }
  return null;
}

/** Split at white space outside of single quotes; a pair of quotes around an argument is taken off, `''` in it is one quote. */
function argumentsOf(text: string): string[] {
  return [...text.matchAll(/(?:[^\s']|'(?:[^']|'')*'|')+/g)].map(([argument]) => {
    const quoted = /^'((?:[^']|'')*)'$/s.exec(argument);
    return quoted === null ? argument : (quoted[1] as string).replaceAll("''", "'");
  });
}
