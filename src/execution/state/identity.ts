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
    only.kind !== 'ARRAY' && only.kind !== 'MAP' && only.kind !== 'STRUCT' && only.kind !== 'BYTES'
  );
}

/** The identity function of keys of these columns. A single number, text or boolean is its own identity. */
export function keyIdentity(types: readonly SqlType[]): (key: Row) => Identity {
  const parts = types.map(keyFunction);
  if (isOwnIdentity(types)) return (key) => key[0] as Identity;
  if (types.length !== 1) return (key) => joined(parts, key);
  return (key) => (key[0] === null ? null : parts[0]!(key[0]!));
}

function joined(parts: readonly ((value: Value) => string)[], key: Row): string {
  let text = '';
  for (let index = 0; index < parts.length; index++) text += parts[index]!(key[index]!);
  return text;
}
