/** The WINDOW_SIZE property: `'10 SECONDS'` (spec: sql-statements.md §5.2). */

const unitMs: ReadonlyMap<string, number> = new Map([
  ['DAY', 86_400_000],
  ['HOUR', 3_600_000],
  ['MINUTE', 60_000],
  ['SECOND', 1_000],
  ['MILLISECOND', 1],
  ['MICROSECOND', 0.001],
  ['NANOSECOND', 0.000_001],
]);

/** Milliseconds (whole, rounded down), or why the text gives none. */
export function parseWindowSize(text: string): number | string {
  const parts = text.trim().split(/\s+/);
  const [amountText, unitText] = parts;
  if (parts.length !== 2 || amountText === undefined || unitText === undefined) {
    return `Invalid duration: '${text}'. Expected 2 parts, got: ${parts.length}`;
  }
  const upper = unitText.toUpperCase();
  const unit = unitMs.get(upper.endsWith('S') ? upper.slice(0, -1) : upper);
  if (!/^\d+$/.test(amountText))
    return `Invalid duration: '${text}'. Not a number: '${amountText}'`;
  if (unit === undefined) return `Invalid duration: '${text}'. Unknown time unit: '${upper}'`;
  return Math.floor(Number(amountText) * unit);
}
