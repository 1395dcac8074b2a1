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

/** The colours of a terminal that are used, and how text gets one. */
const codes = {
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  magenta: 35,
  cyan: 36,
  gray: 90,
} as const;
export type Color = keyof typeof codes;

export function colored(text: string, color: Color): string {
  return `\u001b[${codes[color]}m${text}\u001b[39m`;
}

/** Every line red by itself, so that nothing stays red when output is cut. */
export function red(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? line : colored(line, 'red')))
    .join('\n');
}
