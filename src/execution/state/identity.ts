/** Keys of Maps: a primitive that equals another exactly when the SQL keys do. */
import type { SqlType } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';
import { keyFunction } from '../../types/value-key.ts';

export type Identity = string | number | bigint | boolean | null;

/** Is a key of these columns, which is not NULL, its own identity? */
export function isOwnIdentity(types: readonly SqlType[]): boolean {
  const [only] = types;
  if (types.length !== 1 || only === undefined) return false;
  return (
    only.kind !== 'ARRAY' &&
    only.kind !== 'MAP' &&
    only.kind !== 'STRUCT' &&
    only.kind !== 'BYTES' &&
    only.kind !== 'DOUBLE'
  );
}

/** The identity function of keys of these columns. A single number, text or boolean is its own identity. */
export function keyIdentity(types: readonly SqlType[]): (key: Row) => Identity {
  const parts = types.map(keyFunction);
  if (isOwnIdentity(types)) return (key) => key[0] as Identity;
  if (types.length === 1 && types[0]!.kind === 'DOUBLE') return doubleIdentity;
  if (types.length !== 1) return (key) => joined(parts, key);
  return (key) => (key[0] === null ? null : parts[0]!(key[0]!));
}

/** A Map takes -0.0 for 0.0; as keys they have other bytes. */
function doubleIdentity(key: Row): Identity {
  return Object.is(key[0], -0) ? '-0' : (key[0] as Identity);
}

function joined(parts: readonly ((value: Value) => string)[], key: Row): string {
  let text = '';
  for (let index = 0; index < parts.length; index++) text += parts[index]!(key[index]!);
  return text;
}

const scratch = new Float64Array(1);
const scratchWords = new Int32Array(scratch.buffer);

/** 30 bits, the same for identities that are the same key of a Map. */
export function identityHash(identity: Identity): number {
  if (typeof identity === 'string') return textHash(identity);
  if (typeof identity === 'number') return numberHash(identity);
  if (typeof identity === 'bigint') {
    const low = Number(BigInt.asIntN(32, identity));
    return mixed(low ^ Math.imul(Number(BigInt.asIntN(32, identity >> 32n)), 0x9e3779b1));
  }
  return mixed(identity === null ? 2 : Number(identity));
}

/** Do two identities name one key, as a Map has it? */
export function isSameIdentity(a: Identity, b: Identity): boolean {
  return Object.is(a, b) || a === b;
}

function numberHash(value: number): number {
  if ((value | 0) === value) return mixed(value);
  scratch[0] = Number.isNaN(value) ? 0.5 : value;
  return mixed(scratchWords[0]! ^ Math.imul(scratchWords[1]!, 0x9e3779b1));
}

/** FNV-1a over its units. */
function textHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return mixed(hash);
}

/** So that the low bits depend on all of them. */
function mixed(hash: number): number {
  let bits = hash ^ (hash >>> 15);
  bits = Math.imul(bits, 0x2c1b3c6d);
  bits ^= bits >>> 12;
  bits = Math.imul(bits, 0x297a2d39);
  return (bits ^ (bits >>> 15)) & 0x3fffffff;
}
