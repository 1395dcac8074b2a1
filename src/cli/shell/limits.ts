/** The shell's maxima. */

/** Entries of the history that are kept; older ones are forgotten. */
export const historyEntriesMax = 2_000;
/** Characters of an entry that is worth keeping: nobody scrolls back to a pasted megabyte. */
export const historyEntryLengthMax: number = 64 * 1024;
/** Keys typed ahead while a statement runs; more are dropped. */
export const keysAheadMax = 100_000;
/** Characters of an escape sequence; a longer one is none. */
export const escapeLengthMax = 64;
/** Characters of input that are coloured; longer input stays plain so that typing stays quick. */
export const coloredInputMax = 20_000;
/** Rows of candidates under the prompt. */
export const menuRowsMax = 6;
/** Output that waits for the terminal before whoever writes is asked to wait, in characters. */
export const outputWaitingMax: number = 64 * 1024;
