/** The text of a .proto file without what has no meaning: comments, and white space beyond line ends and indentation. */

/** Two files that differ in comments and spacing only have equal texts. */
export function plainText(text: string): string {
  const tokens =
    text.match(
      /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/\/.*|\/\*[\s\S]*?\*\/|[^\s"'/{}[\];,=<>()]+|\S/g,
    ) ?? [];
  const lines: string[] = [];
  let line = '';
  let depth = 0;
  const end = (): void => {
    if (line !== '') lines.push('  '.repeat(depth) + line);
    line = '';
  };
  for (const token of tokens) {
    if (token.startsWith('//') || token.startsWith('/*')) continue;
    if (token === '}') {
      end();
      depth = Math.max(0, depth - 1);
    }
    line += needsSpace(line, token) ? ` ${token}` : token;
    if (token === '{') {
      end();
      depth++;
    } else if (token === ';') end();
    else if (token === '}') continue;
  }
  end();
  return `${lines.join('\n')}\n`;
}

function needsSpace(line: string, token: string): boolean {
  if (line === '') return false;
  if (/^[;,>)\]]/.test(token)) return false;
  return !/[<([]$/.test(line) && !(token === '<' || token === '(');
}
