/** ASSERT STREAM and ASSERT TABLE of the test tool (spec: cli.md §5.2): the source has exactly these properties. */
import type { AssertSource } from '../../../grammar/ast.ts';
import { problem } from '../../base/errors.ts';
import type { SourceDef } from '../../catalog/command.ts';
import { formatSchema } from '../../types/format-type.ts';
import { schemaOfElements } from '../source-elements.ts';
import { defaultFormat, namedFormats } from '../source-format.ts';
import { readSourceProperties } from '../source-properties.ts';
import { kindName } from '../source-upgrade.ts';
import { similarHint } from '../suggest.ts';
import { defineSource } from './create-source.ts';
import type { PrepareContext } from './statement.ts';

type Context = Pick<PrepareContext, 'catalog' | 'text' | 'properties'>;
/** What is compared and how both sides read. */
type Comparison = readonly [property: string, expected: string, actual: string];

/** null when the assertion holds, else the failure's text. Throws where there is no such source. */
export function checkAssertedSource(statement: AssertSource, context: Context): string | null {
  const { name } = statement.name;
  const source = context.catalog.sources.get(name);
  if (source === undefined)
    throw problem(
      'source.unknown',
      `Unknown data source ${name}`,
      similarHint(name, context.catalog.sources.keys()),
    );
  for (const compared of comparisons(statement, source, context)) {
    const [property, expected, actual] = compared;
    if (expected === actual) continue;
    return `Expected ${property} does not match actual for source ${name}.\nExpected: ${expected}\nActual: ${actual}`;
  }
  return null;
}

/** In ksqlDB's order. The formats' names come before anything that needs the formats to exist. */
function* comparisons(
  statement: AssertSource,
  source: SourceDef,
  context: Context,
): Iterable<Comparison> {
  const { types } = context.catalog;
  const properties = readSourceProperties(statement.properties, 'create');
  const named = namedFormats(properties);
  const schema = schemaOfElements(statement.elements, statement.sourceType, {
    types,
    text: context.text,
  });
  yield ['schema', formatSchema(schema), formatSchema(source.schema)];
  yield ['type', statement.sourceType, kindName(source)];
  yield ['kafka topic', properties.topic ?? '', source.topic];
  const keyFormat = named.key ?? defaultFormat('key', context.properties);
  yield ['key format', keyFormat, source.keyFormat.format];
  const valueFormat = named.value ?? defaultFormat('value', context.properties);
  yield ['value format', valueFormat, source.valueFormat.format];
  const expected = defineSource(
    {
      ...statement,
      kind: 'createSource',
      orReplace: false,
      ifNotExists: false,
      readOnly: source.isSource,
    },
    context,
  );
  yield* settings(expected, source);
}

function* settings(expected: SourceDef, actual: SourceDef): Iterable<Comparison> {
  const both = (property: string, text: (source: SourceDef) => string): Comparison => [
    property,
    text(expected),
    text(actual),
  ];
  yield both('key format properties', (source) => formatProperties(source, 'keyFormat'));
  yield both('value format properties', (source) => formatProperties(source, 'valueFormat'));
  yield both('value schema id', (source) => String(source.valueFormat.properties.schemaId ?? ''));
  yield both('key schema id', (source) => String(source.keyFormat.properties.schemaId ?? ''));
  yield both('value serde features', (source) => source.valueFormat.features.join(', '));
  yield both('timestamp column', (source) => source.timestamp?.column ?? '');
  yield both('timestamp format', (source) => source.timestamp?.format ?? '');
  yield both('window', ({ window }) =>
    window === null ? '' : `${window.kind} ${window.sizeMs ?? ''}`.trim(),
  );
}

function formatProperties(source: SourceDef, side: 'keyFormat' | 'valueFormat'): string {
  const { schemaId: _, ...rest } = source[side].properties;
  return Object.entries(rest)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(', ');
}
