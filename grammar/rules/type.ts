/** Types (spec §2). */
import type { Identifier, PrimitiveTypeName, StructTypeField, Type } from '../ast.ts';
import { alt, altIf, commaSeparated, type Dsl, isAhead, type Rule } from '../dsl.ts';
import * as t from '../tokens.ts';
import type { NameRules } from './names.ts';

const PRIMITIVES: ReadonlyMap<string, PrimitiveTypeName> = new Map([
  ['BOOLEAN', 'BOOLEAN'],
  ['INT', 'INTEGER'],
  ['INTEGER', 'INTEGER'],
  ['BIGINT', 'BIGINT'],
  ['DOUBLE', 'DOUBLE'],
  ['STRING', 'STRING'],
  ['VARCHAR', 'STRING'],
  ['BYTES', 'BYTES'],
  ['DATE', 'DATE'],
  ['TIME', 'TIME'],
  ['TIMESTAMP', 'TIMESTAMP'],
]);

/** The names of built-in types that stand by themselves. */
export const primitiveTypes: readonly PrimitiveTypeName[] = [...new Set(PRIMITIVES.values())];

/** Every word that names a built-in type. */
export const typeWords: readonly string[] = [
  ...PRIMITIVES.keys(),
  ...['DECIMAL', 'ARRAY', 'MAP', 'STRUCT'],
];

/** A container's name is a name like any other unless `<` follows. */
function isContainerAhead($: Dsl, word: string): boolean {
  if (!isAhead($, 1, t.keyword(word))) return false;
  return isAhead($, 2, t.Less) || isAhead($, 2, t.NotEqual);
}

export function typeRule($: Dsl, names: NameRules): Rule<Type> {
  const { identifier } = names;
  const container = (word: string) => () => isContainerAhead($, word);
  const alternatives = [
    altIf(container('ARRAY'), (): Type => $.subrule(0, array)),
    altIf(container('MAP'), (): Type => $.subrule(0, map)),
    altIf(container('STRUCT'), (): Type => $.subrule(0, struct)),
    alt((): Type => $.subrule(0, decimal)),
    alt((): Type => $.subrule(0, named)),
  ];
  const type: Rule<Type> = $.RULE('type', (): Type => {
    $.ACTION(() => $.enter(2));
    const start = $.start();
    let node = $.or(0, alternatives);
    $.many(0, () => {
      $.consume(0, t.keyword('ARRAY'));
      node = { kind: 'arrayType', element: node, span: $.spanFrom(start) };
    });
    $.ACTION(() => $.leave(2));
    return node;
  });

  const array = $.RULE('arrayType', (): Type => {
    const start = $.start();
    $.consume(0, t.keyword('ARRAY'));
    $.consume(0, t.Less);
    const element = $.subrule(0, type);
    $.consume(0, t.Greater);
    return { kind: 'arrayType', element, span: $.spanFrom(start) };
  });

  const map = $.RULE('mapType', (): Type => {
    const start = $.start();
    $.consume(0, t.keyword('MAP'));
    $.consume(0, t.Less);
    const key = $.subrule(0, type);
    $.consume(0, t.Comma);
    const value = $.subrule(1, type);
    $.consume(0, t.Greater);
    return { kind: 'mapType', key, value, span: $.spanFrom(start) };
  });

  const struct = structRule($, identifier, type);

  const decimal = $.RULE('decimalType', (): Type => {
    const start = $.start();
    $.consume(0, t.keyword('DECIMAL'));
    $.consume(0, t.LeftParen);
    const precision = $.subrule(0, signedCount);
    $.consume(0, t.Comma);
    const scale = $.subrule(1, signedCount);
    $.consume(0, t.RightParen);
    return { kind: 'decimalType', precision, scale, span: $.spanFrom(start) };
  });
  const signedCount = $.RULE('signedCount', (): number => {
    const sign = $.option(0, () => $.consume(0, t.Minus)) === undefined ? 1 : -1;
    // Adding 0 keeps `-0` from becoming negative zero.
    return sign * $.subrule(0, names.count) + 0;
  });

  const named = namedRule($, identifier);
  return type;
}

function structRule($: Dsl, identifier: Rule<Identifier>, type: Rule<Type>): Rule<Type> {
  const field = $.RULE('structTypeField', (): StructTypeField => {
    const start = $.start();
    const name = $.subrule(0, identifier);
    const fieldType = $.subrule(0, type);
    return { kind: 'structTypeField', name, type: fieldType, span: $.spanFrom(start) };
  });
  return $.RULE('structType', (): Type => {
    const start = $.start();
    const fields: StructTypeField[] = [];
    $.consume(0, t.keyword('STRUCT'));
    $.or(0, [
      alt(() => {
        $.consume(0, t.Less);
        $.MANY_SEP(commaSeparated(() => void fields.push($.subrule(0, field))));
        $.consume(0, t.Greater);
      }),
      // Differs: `STRUCT<>` is one token to ksqlDB and so a syntax error there; only `STRUCT< >` is not.
      alt(() => void $.consume(0, t.NotEqual)),
    ]);
    return { kind: 'structType', fields, span: $.spanFrom(start) };
  });
}

/** A built-in's name in any case and quoting, or a custom type; parameters such as those of `VARCHAR(20)` mean nothing. */
function namedRule($: Dsl, identifier: Rule<Identifier>): Rule<Type> {
  const parameter = $.RULE('typeParameter', (): void => {
    $.or(0, [
      alt(() => $.consume(0, t.keyword('STRING'))),
      alt(() => $.consume(0, t.IntegerValue)),
    ]);
  });
  return $.RULE('namedType', (): Type => {
    const start = $.start();
    const name = $.subrule(0, identifier);
    $.option(0, () => {
      $.consume(0, t.LeftParen);
      $.AT_LEAST_ONE_SEP(commaSeparated(() => $.subrule(0, parameter)));
      $.consume(0, t.RightParen);
    });
    return $.ACTION((): Type => {
      const span = $.spanFrom(start);
      const primitive = PRIMITIVES.get(name.name.toUpperCase());
      return primitive === undefined
        ? { kind: 'customType', name, span }
        : { kind: 'primitiveType', name: primitive, span };
    });
  });
}
