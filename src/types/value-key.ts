/**
 * A value's identity as text, for sets and maps: two values of one type have the same key exactly if they are equal as
 * `equalsFunction` has it. Keys of different types say nothing about one another. Every part is self-delimiting, so that parts
 * can be put side by side: numbers end in `;`, text carries its length.
 */
import type { SqlType } from './type.ts';
import type { Value } from './value.ts';

const NULL = '~';

/** The function that makes keys of this type; NULL has a key too. */
export function keyFunction(type: SqlType): (value: Value) => string {
  const key = presentKey(type);
  return (value) => (value === null ? NULL : key(value));
}

/** As `keyFunction`, for one call. */
export function valueKey(type: SqlType, value: Value): string {
  return keyFunction(type)(value);
}

function presentKey(type: SqlType): (value: Value) => string {
  switch (type.kind) {
    case 'BOOLEAN':
      return (value) => (value === true ? 't' : 'f');
    case 'DOUBLE':
      return (value) => (Object.is(value, -0) ? '-0;' : `${value};`);
    case 'STRING':
      return (value) => `${(value as string).length}:${value}`;
    case 'BYTES':
      return (value) => {
        const bytes = value as Uint8Array;
        let text = `${bytes.length}:`;
        for (const byte of bytes) text += String.fromCharCode(byte);
        return text;
      };
    case 'ARRAY': {
      const element = keyFunction(type.element);
      return (value) => `[${(value as readonly Value[]).map(element).join('')}]`;
    }
    case 'MAP':
      return mapKey(keyFunction(type.key), keyFunction(type.value));
    case 'STRUCT': {
      const fields = type.fields.map((field) => keyFunction(field.type));
      return (value) =>
        fields.map((field, index) => field((value as readonly Value[])[index]!)).join('');
    }
    default:
      return (value) => `${value};`;
  }
}

/** Sorted, because the order of entries is no part of a map's identity. */
function mapKey(
  keyOf: (value: Value) => string,
  itemOf: (value: Value) => string,
): (value: Value) => string {
  return (value) => {
    const entries: string[] = [];
    for (const [key, item] of value as ReadonlyMap<Value, Value>)
      entries.push(keyOf(key) + itemOf(item));
    return `{${entries.sort().join('')}}`;
  };
}
