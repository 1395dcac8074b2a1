/**
 * Strings looked through four bytes at a time (SWAR): of a byte's eight bits the highest tells whether the byte is special. Bytes
 * above a special one may be marked as well, by what it borrowed; the lowest mark is right.
 */

const HIGH_BITS = 0x80808080 | 0;

/**
 * Marks every byte that has a meaning of its own in JSON strings: quote, backslash, control characters, and what is not ASCII.
 * With bit 1 turned over, the quote is the byte behind the control characters, and nothing else comes before it.
 */
export function specialsOf(word: number): number {
  const low = (word ^ 0x02020202) - 0x21212121;
  const backslashes = (word ^ 0x5c5c5c5c) - 0x01010101;
  return (low | backslashes | word) & HIGH_BITS;
}

/** The same without what is not ASCII: the bytes that have to be escaped. */
export function escapesOf(word: number): number {
  const low = (word ^ 0x02020202) - 0x21212121;
  const backslashes = (word ^ 0x5c5c5c5c) - 0x01010101;
  return (low | backslashes) & ~word & HIGH_BITS;
}

/** Marks every byte that is no digit. */
export function nonDigitsOf(word: number): number {
  const digits = word ^ 0x30303030;
  return ((digits + 0x76767676) | digits) & HIGH_BITS;
}

/** Which byte of a word, 0 to 3, has the lowest mark. */
export function lowestMark(marks: number): number {
  return (31 - Math.clz32(marks & -marks)) >> 3;
}
