/** Limits of execution. */

/** A sink's batch is cut when it has grown to this many bytes. */
export const batchBytesMax: number = 1024 * 1024;
