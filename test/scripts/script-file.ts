/**
 * The text of a script: blocks of commands and the output that they give.
 *
 *     # A line of prose.
 *     CREATE STREAM s (k STRING KEY, v INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);
 *     produce s
 *       a: {"V":1} @1000
 *     ---
 *     Stream created
 *
 * A block ends with `---`; what it gave follows, up to a blank line. Commands are SQL statements, which begin with a word in
 * upper case and end with a line that ends with `;`, or one of `produce`, `print`, `restart`, `failures`, whose indented lines
 * belong to them. Rewriting keeps everything but the output.
 */

export type ScriptCommand =
  | { readonly kind: 'sql'; readonly text: string }
  | {
      readonly kind: 'own';
      readonly name: string;
      readonly args: readonly string[];
      readonly lines: readonly string[];
    };

export interface ScriptBlock {
  /** Prose and commands as written. */
  readonly source: readonly string[];
  readonly commands: readonly ScriptCommand[];
  readonly expected: string;
}

const divider = '---';

export function parseScriptFile(text: string): readonly ScriptBlock[] {
  const lines = text.split('\n');
  const blocks: ScriptBlock[] = [];
  for (let at = 0; ; ) {
    while (at < lines.length && lines[at] === '') at++;
    if (at >= lines.length) return blocks;
    const end = lines.indexOf(divider, at);
    if (end < 0) throw new Error(`line ${at + 1}: a block without ---`);
    const source = lines.slice(at, end);
    const blank = lines.indexOf('', end);
    at = blank < 0 ? lines.length : blank;
    blocks.push({
      source,
      commands: commandsOf(source),
      expected: lines.slice(end + 1, at).join('\n'),
    });
  }
}

export function formatScriptFile(
  blocks: readonly ScriptBlock[],
  outputs: readonly string[],
): string {
  return blocks
    .map(({ source }, at) => {
      const output = outputs[at] ?? '';
      return `${[...source, divider, ...(output === '' ? [] : [output])].join('\n')}\n`;
    })
    .join('\n');
}

function commandsOf(source: readonly string[]): ScriptCommand[] {
  const commands: ScriptCommand[] = [];
  const lines = source.filter((line) => line !== '' && !line.startsWith('#'));
  for (let at = 0; at < lines.length; ) {
    const first = lines[at] as string;
    let end = at + 1;
    if (/^[a-z]/.test(first)) {
      while (lines[end]?.startsWith(' ') === true) end++;
      const [name = '', ...args] = first.split(' ');
      commands.push({ kind: 'own', name, args, lines: lines.slice(at + 1, end) });
    } else {
      while (end < lines.length && !(lines[end - 1] as string).endsWith(';')) end++;
      commands.push({ kind: 'sql', text: lines.slice(at, end).join('\n') });
    }
    at = end;
  }
  return commands;
}
