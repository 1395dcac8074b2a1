/** The plain ByteWriter. */
import type { Bytes } from '../base/env.ts';
import type { ByteWriter } from './format.ts';

class GrowingBytes implements ByteWriter {
  bytes: Bytes;
  length = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  reserve(byteCount: number): void {
    const needed = this.length + byteCount;
    if (needed <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }
}

/** An empty writer that grows as needed; `capacity` is what it begins with, in bytes. */
export function byteWriter(capacity = 256): ByteWriter {
  return new GrowingBytes(capacity);
}

/** A copy of what has been written. */
export function writtenBytes(writer: ByteWriter): Bytes {
  return writer.bytes.slice(0, writer.length);
}
