/** Bytes of records as JSON that people can read: JSON as itself, text as text, everything else in base64. */
import type { Bytes, Json } from '../../src/base/env.ts';

export type Payload = null | string | { readonly json: Json } | { readonly base64: string };

export function payloadOf(bytes: Bytes | null): Payload {
  if (bytes === null) return null;
  const text = Buffer.from(bytes).toString();
  const isText = Buffer.from(text).equals(bytes) && !/[^\t\n\P{Cc}]/u.test(text);
  if (!isText) return { base64: Buffer.from(bytes).toString('base64') };
  const json = jsonOf(text);
  return json === undefined ? text : { json };
}

/** The same bytes again. */
export function bytesOfPayload(payload: Payload): Bytes | null {
  if (payload === null) return null;
  if (typeof payload === 'string') return Buffer.from(payload);
  if ('json' in payload) return Buffer.from(JSON.stringify(payload.json));
  return Buffer.from(payload.base64, 'base64');
}

/** The containers that a text spells as JSON.stringify does; undefined for every other text. */
function jsonOf(text: string): Json | undefined {
  if (!/^[[{]/.test(text)) return undefined;
  try {
    const json: Json = JSON.parse(text);
    return JSON.stringify(json) === text ? json : undefined;
  } catch {
    return undefined;
  }
}
