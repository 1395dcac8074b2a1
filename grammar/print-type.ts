/** Types to SQL (spec §2): canonical names, such as `DECIMAL(4, 2)` and `ARRAY<INTEGER>`. */
import { unreachable } from '../src/base/assert.ts';
import type { Type } from './ast.ts';
import { quoteName } from './text.ts';

export function printType(type: Type): string {
  switch (type.kind) {
    case 'primitiveType':
      return type.name;
    case 'decimalType':
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case 'arrayType':
      return `ARRAY<${printType(type.element)}>`;
    case 'mapType':
      return `MAP<${printType(type.key)}, ${printType(type.value)}>`;
    case 'structType': {
      const fields = type.fields.map(
        (field) => `${quoteName(field.name.name)} ${printType(field.type)}`,
      );
      return `STRUCT<${fields.join(', ') || ' '}>`;
    }
    case 'customType':
      return quoteName(type.name.name);
    default:
      return unreachable(type);
  }
}
