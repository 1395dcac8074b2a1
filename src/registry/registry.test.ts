import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../base/errors.ts';
import { createMemoryLog } from '../log/memory-log.ts';
import type {
  RegistryOp,
  RegistryReplies,
  RegistryRequest,
  RequestOf,
  SchemaInput,
} from './api.ts';
import { decodeRecord, encodeRecord, type RegistryRecord } from './record.ts';
import { answer } from './registry.ts';
import { loadSchemas, schemasAppend, schemasTopic } from './schemas-topic.ts';
import { SchemaStore } from './store.ts';

function avro(fields: string): SchemaInput {
  return {
    type: 'AVRO',
    text: `{"type":"record","name":"R","fields":[${fields}]}`,
    references: [],
  };
}
const a = '{"name":"a","type":"int"}';
const b = '{"name":"b","type":"int","default":0}';
const c = '{"name":"c","type":"int"}';

/** Answers and applies. */
function ask<Op extends RegistryOp>(
  store: SchemaStore,
  request: RequestOf<Op>,
): RegistryReplies[Op] {
  const { reply, records } = answer<Op>(store, request);
  for (const record of records) store.apply(record);
  return reply;
}

function register(
  store: SchemaStore,
  subject: string,
  schema: SchemaInput,
  id: number | null = null,
) {
  return ask<'register'>(store, { op: 'register', subject, schema, id });
}

describe('ids', () => {
  it('are those of schemas, not of subjects', () => {
    const store = new SchemaStore();
    expect(register(store, 's', avro(a)).id).toBe(1);
    expect(register(store, 't', avro(a)).id).toBe(1);
    expect(register(store, 't', avro(`${a},${b}`))).toMatchObject({ id: 2, version: 2 });
    expect(register(store, 't', avro(a))).toMatchObject({ id: 1, version: 1 });
  });

  it('may be asked for, unless another schema has them', () => {
    const store = new SchemaStore();
    expect(register(store, 's', avro(a), 100).id).toBe(100);
    expect(register(store, 't', avro(a), 200).id).toBe(200);
    expect(register(store, 's', avro(a), 300).id).toBe(100);
    expect(register(store, 'u', avro(b)).id).toBe(201);
    expect(() => register(store, 'v', avro(c), 100)).toThrow('Overwrite new schema with id 100');
  });

  it('of schemas that are gone for good mean nothing any more, while others stay', () => {
    const store = new SchemaStore();
    register(store, 's', avro(a));
    register(store, 't', avro(a));
    const remove = (subject: string, permanent: boolean) =>
      ask<'delete-subject'>(store, { op: 'delete-subject', subject, permanent });
    remove('s', false);
    remove('s', true);
    expect(store.byId(1)).not.toBeNull();
    remove('t', false);
    expect(store.byId(1)).not.toBeNull();
    expect(store.latest('t')).toBeNull();
    remove('t', true);
    expect(store.byId(1)).toBeNull();
    expect(register(store, 's', avro(a)).id).toBe(2);
  });
});

describe('compatibility', () => {
  const versions = [avro(a), avro(`${a},${b}`), avro(`${b}`)];

  /** Which of the versions, registered in this order, the level refuses. */
  function refused(level: string, order: readonly SchemaInput[]): readonly number[] {
    const store = new SchemaStore();
    ask<'set-config'>(store, { op: 'set-config', subject: 's', level });
    return order.flatMap((schema, index) => {
      try {
        register(store, 's', schema);
        return [];
      } catch (error) {
        expect(error).toMatchObject({ code: 'registry.incompatible' });
        return [index];
      }
    });
  }

  it.each([
    ['NONE', []],
    ['BACKWARD', []],
    ['BACKWARD_TRANSITIVE', []],
    // A reader of `a` finds none in data that only has `b`.
    ['FORWARD', [2]],
    ['FULL', [2]],
    ['FULL_TRANSITIVE', [2]],
  ])('%s', (level, expected) => {
    expect(refused(level, versions)).toEqual(expected);
  });

  it('looks at the latest version only, unless it is transitive', () => {
    // `c` has no default in the second, so data of the first cannot be read; the third gives none of it back.
    const order = [
      avro(`${a}`),
      avro(`${a},${b},${c.replace('}', ',"default":1}')}`),
      avro(`${a},${c}`),
    ];
    expect(refused('BACKWARD', order)).toEqual([]);
    expect(refused('BACKWARD_TRANSITIVE', order)).toEqual([2]);
  });

  it('holds between kinds of schemas too', () => {
    const store = new SchemaStore();
    register(store, 's', avro(a));
    expect(() => register(store, 's', { type: 'JSON', text: '{}', references: [] })).toThrow(
      'SCHEMA_TYPE_CHANGED',
    );
  });
});

describe('the topic', () => {
  const requests: fc.Arbitrary<RegistryRequest> = fc.oneof(
    fc.record({
      op: fc.constant('register' as const),
      subject: fc.constantFrom('s', 't', 'u'),
      schema: fc.constantFrom(avro(a), avro(b), avro(`${a},${b}`), avro(c)),
      id: fc.constantFrom(null, null, 7),
    }),
    fc.record({
      op: fc.constant('delete-subject' as const),
      subject: fc.constantFrom('s', 't', 'u'),
      permanent: fc.boolean(),
    }),
    fc.record({
      op: fc.constant('delete-version' as const),
      subject: fc.constantFrom('s', 't'),
      version: fc.constantFrom(1, 2, 'latest' as const),
      permanent: fc.boolean(),
    }),
    fc.record({
      op: fc.constant('set-config' as const),
      subject: fc.constantFrom('s', null),
      level: fc.constantFrom('NONE', 'BACKWARD', 'FULL'),
    }),
    fc.record({ op: fc.constant('delete-config' as const), subject: fc.constantFrom('s', null) }),
  );

  /** Everything a store says. */
  function contents(store: SchemaStore): unknown {
    return {
      subjects: store.subjects().map((subject) => [subject, store.versions(subject)]),
      lastId: store.lastId,
      levels: ['s', 't', null].map((subject) => store.ownLevel(subject)),
      schemas: [1, 2, 3, 4, 5, 6, 7, 8].map((id) => store.byId(id)),
    };
  }

  it('holds what makes the same store again, also after compaction', () => {
    fc.assert(
      fc.property(fc.array(requests, { maxLength: 30 }), (list) => {
        const store = new SchemaStore();
        const written: RegistryRecord[] = [];
        for (const request of list) {
          try {
            const { records } = answer(store, request as RequestOf<'register'>);
            for (const record of records) store.apply(record);
            written.push(...records);
          } catch (error) {
            expect(error).toBeInstanceOf(ProblemError);
          }
        }
        const encoded = written.map(encodeRecord);
        const lastOf = new Map(encoded.map((record, index) => [record.key, index]));
        const compacted = encoded.filter((record, index) => lastOf.get(record.key) === index);
        for (const log of [encoded, compacted]) {
          const again = new SchemaStore();
          for (const record of log) again.apply(decodeRecord(record)!);
          expect(contents(again)).toEqual(contents(store));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is read back from a log', async () => {
    const log = createMemoryLog();
    expect((await loadSchemas(log)).subjects()).toEqual([]);
    await log.createTopic(schemasTopic);
    const store = new SchemaStore();
    const { records } = answer<'register'>(store, {
      op: 'register',
      subject: 's',
      schema: avro(a),
      id: null,
    });
    await log.commit([
      { owner: null, appends: [schemasAppend(records, 5)], offsets: [], state: [] },
    ]);
    expect((await loadSchemas(log)).latest('s')).toMatchObject({ id: 1, type: 'AVRO' });
    await log[Symbol.asyncDispose]();
  });

  it('is written as Confluent’s registry writes it', () => {
    const schema = {
      subject: 's',
      version: 2,
      id: 5,
      type: 'PROTOBUF',
      text: 'x',
      references: [],
    } as const;
    expect(encodeRecord({ kind: 'schema', schema, deleted: false })).toEqual({
      key: '{"keytype":"SCHEMA","subject":"s","version":2,"magic":1}',
      value:
        '{"subject":"s","version":2,"id":5,"schemaType":"PROTOBUF","schema":"x","deleted":false}',
    });
    expect(decodeRecord({ key: '{"keytype":"NOOP","magic":0}', value: null })).toBeNull();
  });
});

it('a fork goes its own way', () => {
  const store = new SchemaStore();
  register(store, 's', avro(a));
  const fork = store.fork();
  register(fork, 's', avro(`${a},${b}`));
  expect(fork.version('s', 'latest')?.schema.version).toBe(2);
  expect(store.version('s', 'latest')?.schema.version).toBe(1);
  expect(store.byId(2)).toBeNull();
});
