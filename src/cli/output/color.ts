/** Colour, where somebody sees it and has not said no (no-color.org). */

interface Terminal {
  readonly isTTY?: boolean;
}

/** Whether text for `stream` may be coloured. */
export function isColorful(
  stream: Terminal,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const refused = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
  return stream.isTTY === true && !refused;
}

/** Every line red by itself, so that nothing stays red when output is cut. */
export function red(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? line : `\u001b[31m${line}\u001b[39m`))
    .join('\n');
}
