/** Scalars of Protocol Buffers as SQL values. */
import type { Bytes } from '../../base/env.ts';
import type { SqlType } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import { FormatError } from '../format.ts';
import type { ProtoScalar } from './schema.ts';

/** As `ProtoCursor.scalar` gives it. */
type ScalarValue = number | bigint | boolean | string | Bytes;

/** Makes a SQL value of what the wire holds; throws FormatError where no value of the scalar fits the type. */
export function scalarConverter(
  scalar: ProtoScalar,
  type: SqlType,
  path: string,
): (value: ScalarValue) => Value {
  const same = (value: ScalarValue): Value => value;
  switch (type.kind) {
    case 'BOOLEAN':
      if (scalar === 'bool') return same;
      break;
    case 'INTEGER':
      if (scalar === 'int32' || scalar === 'sint32' || scalar === 'sfixed32') return same;
      break;
    case 'BIGINT':
      if (scalar.endsWith('64')) return same;
      if (scalar.endsWith('32')) return (value) => BigInt(value as number);
      break;
    case 'DOUBLE':
      if (scalar === 'double' || scalar === 'float') return same;
      if (scalar.endsWith('32') || scalar.endsWith('64')) return (value) => Number(value);
      break;
    case 'STRING':
      if (scalar === 'string') return same;
      if (scalar === 'bool' || scalar.endsWith('32') || scalar.endsWith('64')) return String;
      break;
    case 'BYTES':
      if (scalar === 'bytes') return same;
      break;
    default:
      break;
  }
  throw new FormatError(`Cannot deserialize type ${scalar} as type ${type.kind} for path: ${path}`);
}
