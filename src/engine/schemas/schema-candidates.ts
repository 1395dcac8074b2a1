/** PRINT's candidates whose bytes name a registered schema: what they hold is printed as JSON. */
import type { Bytes } from '../../base/env.ts';
import { ProblemError } from '../../base/errors.ts';
import { type Codec, FormatError, type FormatSpec } from '../../formats/format.ts';
import {
  FRAME_BYTES,
  frameId,
  type SchemaResolver,
  type StoredSchema,
} from '../../formats/schema.ts';
import { formatByName } from '../../formats/table.ts';
import type { Field } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import { rowTexter } from '../rows/row-text.ts';

/** Gives the text of the bytes, or null if they are not of its format. */
export interface SchemaCandidate {
  readonly name: 'AVRO' | 'PROTOBUF' | 'JSON_SR';
  readonly render: (bytes: Bytes) => string | null;
}

type Render = (bytes: Bytes) => string | null;

export function schemaCandidates(schemas: SchemaResolver): readonly SchemaCandidate[] {
  return (['AVRO', 'PROTOBUF', 'JSON_SR'] as const).map((name) => {
    const renders = new Map<number, Render>();
    return {
      name,
      render(bytes) {
        try {
          const id = frameId(bytes, 0, bytes.length);
          const render = renders.get(id) ?? rendering(name, id, schemas);
          renders.set(id, render);
          return render(bytes);
        } catch (error) {
          if (error instanceof FormatError || error instanceof ProblemError) return null;
          throw error;
        }
      },
    };
  });
}

/** How payloads of the schema are printed. */
function rendering(format: SchemaCandidate['name'], id: number, schemas: SchemaResolver): Render {
  const use = formatByName(format).schemas;
  const stored = schemas.byId(id);
  // Not remembered: it may be registered while records are printed.
  if (stored === null) throw new FormatError(`no schema ${id}`);
  if (use === undefined || stored.type !== use.type) return () => null;
  if (format === 'JSON_SR') return jsonText;
  const found = columnsOf(format, stored);
  if (found === null) return () => null;
  const { columns, unwrapped } = found;
  const features: FormatSpec['features'] = unwrapped ? ['UNWRAP_SINGLES'] : [];
  const codec = formatByName(format).codec({
    columns,
    needed: columns.map((_, index) => index),
    spec: { format, properties: {}, features },
    side: 'value',
    topic: '',
    schemas,
  });
  return unwrapped ? valueText(codec, columns) : recordText(codec, columns);
}

function columnsOf(
  format: SchemaCandidate['name'],
  stored: StoredSchema,
): { readonly columns: readonly Field[]; readonly unwrapped: boolean } | null {
  for (const unwrapped of [false, true]) {
    const options = { side: 'value', unwrapped, fullName: null, upperCase: false } as const;
    const inferred = formatByName(format).schemas?.infer(stored, options);
    if (inferred !== undefined && !('code' in inferred)) {
      return { columns: inferred.columns, unwrapped };
    }
  }
  return null;
}

/** The document as it stands there. */
function jsonText(bytes: Bytes): string | null {
  const text = new TextDecoder('utf-8', { fatal: true });
  try {
    const document = text.decode(bytes.subarray(FRAME_BYTES));
    JSON.parse(document);
    return document;
  } catch {
    return null;
  }
}

function recordText(codec: Codec, columns: readonly Field[]): Render {
  const type = { kind: 'STRUCT', fields: columns } as const;
  const text = rowTexter([{ type }]);
  return (bytes) => {
    const row: Value[] = columns.map(() => null);
    codec.decode(bytes, 0, bytes.length, row);
    return text([row]).slice(1, -1);
  };
}

function valueText(codec: Codec, columns: readonly Field[]): Render {
  const text = rowTexter(columns);
  return (bytes) => {
    const row: Value[] = [null];
    codec.decode(bytes, 0, bytes.length, row);
    return text(row).slice(1, -1);
  };
}
