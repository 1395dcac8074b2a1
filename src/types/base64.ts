/** BYTES as text. */

const BASE64_TEXT = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;

export function bytesToBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** As Java's basic decoder: padding may be missing, anything else that is not base64 throws. */
export function base64ToBytes(text: string): Uint8Array {
  if (!BASE64_TEXT.test(text)) throw new Error(`Illegal base64 text: '${text}'`);
  return Uint8Array.from(Buffer.from(text, 'base64'));
}
