/** Constructors of arrays, maps and structs, and the ways into them (spec: sql-statements.md §3.6, functions.md §2). */
import type * as ast from '../../../grammar/ast.ts';
import { problem } from '../../base/errors.ts';
import type { Expression } from '../../plan/expression.ts';
import { formatType, formatTypeOrNull } from '../../types/format-type.ts';
import { typesEqual } from '../../types/equal-types.ts';
import type { Field, SqlType } from '../../types/type.ts';
import { unify } from './common-type.ts';
import type { Binder } from './environment.ts';
import { checkFieldNames } from './resolve-type.ts';

const ISSUE = '(see https://github.com/confluentinc/ksql/issues/4239)';

export function bindArray(node: ast.ArrayConstructor, binder: Binder): Expression {
  if (node.elements.length === 0)
    throw problem(
      'analyze.empty-array',
      `Array constructor cannot be empty. Please supply at least one element ${ISSUE}.`,
      { span: node.span },
    );
  const unified = unify(node.elements, binder);
  if (unified === null)
    throw problem(
      'analyze.null-array',
      `Cannot construct an array with all NULL elements ${ISSUE}. As a workaround, you may cast a NULL value to the desired type.`,
      { span: node.span },
    );
  return {
    kind: 'array',
    type: { kind: 'ARRAY', element: unified.type },
    elements: unified.items,
  };
}

export function bindMap(node: ast.MapConstructor, binder: Binder): Expression {
  if (node.entries.length === 0)
    throw problem(
      'analyze.empty-map',
      `Map constructor cannot be empty. Please supply at least one key value pair ${ISSUE}.`,
      { span: node.span },
    );
  const allNull = (part: string): Error =>
    problem(
      'analyze.null-map',
      `Cannot construct a map with all NULL ${part} ${ISSUE}. As a workaround, you may cast a NULL value to the desired type.`,
      { span: node.span },
    );
  const keys = unify(
    node.entries.map((entry) => entry.key),
    binder,
  );
  if (keys === null) throw allNull('keys');
  const values = unify(
    node.entries.map((entry) => entry.value),
    binder,
  );
  if (values === null) throw allNull('values');
  const entries = node.entries.map((_, index) => ({
    key: keys.items[index]!,
    value: values.items[index]!,
  }));
  return { kind: 'map', type: { kind: 'MAP', key: keys.type, value: values.type }, entries };
}

export function bindStruct(node: ast.StructConstructor, binder: Binder): Expression {
  const fields = node.fields.map((field) => binder.bind(field.value));
  const types = node.fields.map((field, index): Field => {
    const type = fields[index]?.type ?? null;
    if (type === null) throw untypedNull(field.value);
    return { name: field.name.name, type };
  });
  checkFieldNames(types, node.span);
  return { kind: 'struct', type: { kind: 'STRUCT', fields: types }, fields };
}

/** The literal NULL where a type must be known. */
export function untypedNull(node: ast.AstNode): Error {
  return problem(
    'analyze.untyped-null',
    "Can't infer a type of null. Please explicitly cast it to a required type, e.g. CAST(null AS VARCHAR).",
    { span: node.span },
  );
}

export function bindSubscript(node: ast.Subscript, binder: Binder): Expression {
  const operand = binder.bind(node.base);
  const index = binder.bind(node.index);
  const type = operand.type;
  const refuse = (message: string): Error =>
    problem('analyze.subscript', message, { span: node.span });
  if (type?.kind === 'ARRAY') {
    if (index.type?.kind !== 'INTEGER' && index.type?.kind !== 'BIGINT')
      throw refuse(
        `Array index must be INTEGER, but ${binder.print(node.index)} is ${formatTypeOrNull(index.type)}.`,
      );
    const position: Expression =
      index.type.kind === 'INTEGER'
        ? index
        : { kind: 'cast', type: { kind: 'INTEGER' }, operand: index };
    return { kind: 'subscript', type: type.element, operand, index: position };
  }
  if (type?.kind === 'MAP') {
    if (index.type === null || !typesEqual(index.type, type.key))
      throw refuse(
        `Map key must be ${formatType(type.key)}, but ${binder.print(node.index)} is ${formatTypeOrNull(index.type)}.`,
      );
    return { kind: 'subscript', type: type.value, operand, index };
  }
  throw refuse(
    `Subscript is only supported on ARRAY and MAP, but ${binder.print(node.base)} is ${formatTypeOrNull(type)}.`,
  );
}

export function bindDereference(node: ast.Dereference, binder: Binder): Expression {
  const operand = binder.bind(node.base);
  const name = node.field.name;
  const fields = structFields(operand.type, node.base, binder);
  const index = fields.findIndex((field) => field.name === name);
  const field = fields[index];
  if (field === undefined)
    throw problem(
      'analyze.unknown-field',
      `Could not find field '${name}' in '${binder.print(node.base)}'.`,
      { span: node.span, hint: `Its fields are ${fields.map((known) => known.name).join(', ')}.` },
    );
  return { kind: 'field', type: field.type, operand, index, name };
}

/** The fields of a struct; refuses other types. */
export function structFields(
  type: SqlType | null,
  node: ast.Expression,
  binder: Binder,
): readonly Field[] {
  if (type?.kind === 'STRUCT') return type.fields;
  throw problem(
    'analyze.not-a-struct',
    `Expected STRUCT type, but ${binder.print(node)} is ${formatTypeOrNull(type)}.`,
    { span: node.span },
  );
}
