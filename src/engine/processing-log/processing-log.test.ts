import { describe, expect, test } from 'vitest';
import { testEngine } from '../engine.test-helper.ts';
import { ProcessingLog, processingLogStream, processingLogTopic } from './processing-log.ts';

const on = {
  'ksql.logging.processing.topic.auto.create': 'true',
  'ksql.logging.processing.stream.auto.create': 'true',
};
const topic = 'default_ksql_processing_log';
const readNumbers = `CREATE STREAM S (N INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);
CREATE STREAM TENTHS AS SELECT 10 / N AS T FROM S;`;

describe('the processing log of an engine', () => {
  test('says what a skipped record was and where it stands', async () => {
    await using server = await testEngine(on);
    await server.run(readNumbers);
    await server.produce('s', '{"N":5}', '{"N":', '{"N":2}');
    expect(await server.values('TENTHS')).toEqual(['{"T":2}', '{"T":5}']);
    const [text, ...others] = await server.values(topic);
    expect(others).toEqual([]);
    const { message, ...head } = JSON.parse(text as string);
    expect(head).toEqual({
      level: 'ERROR',
      logger: expect.stringMatching(/^processing\.CSAS_TENTHS_2\../),
      time: 1_000_000,
    });
    expect(message).toEqual({
      type: 0,
      deserializationError: {
        target: 'value',
        errorMessage: expect.any(String),
        cause: [],
        topic: 's',
        partition: 0,
        offset: 1,
      },
    });
  });

  test('shows the bytes that could not be read where it is asked to', async () => {
    const include = { 'ksql.logging.processing.rows.include': 'true' };
    await using server = await testEngine({ ...on, ...include });
    await server.run(readNumbers);
    await server.produce('s', '{"N":', `"${'x'.repeat(70_000)}`, '{"N":0}');
    const texts = await server.values(topic);
    const shown = texts.map((text) => JSON.parse(text).message);
    expect(shown[0].deserializationError.recordB64).toBe('eyJOIjo=');
    expect(shown[1].deserializationError).toMatchObject({ offset: 1 });
    expect(shown[1].deserializationError).not.toHaveProperty('recordB64');
    expect(shown[2].recordProcessingError).not.toHaveProperty('recordB64');
  });

  test('shows them for the one query that asks for it', async () => {
    await using server = await testEngine(on);
    const include = { 'ksql.logging.processing.rows.include': 'true' };
    await server.run(
      "CREATE STREAM S (N INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);",
    );
    await server.run('CREATE STREAM A AS SELECT N FROM S;');
    await server.run('CREATE STREAM B AS SELECT N FROM S;', include);
    await server.produce('s', '{"N":');
    const shown = (await server.values(topic)).map((text) => JSON.parse(text));
    expect(shown.map(({ message }) => message.deserializationError.recordB64)).toEqual([
      undefined,
      'eyJOIjo=',
    ]);
  });

  test('is a stream that queries read, also those that fail themselves', async () => {
    await using server = await testEngine(on);
    await server.run(readNumbers);
    await server.run(
      'CREATE STREAM ERRORS AS SELECT logger, message->recordProcessingError->errorMessage AS e, 1 / (message->type - 1) AS never FROM KSQL_PROCESSING_LOG;',
    );
    await server.produce('s', '{"N":0}');
    const [error, ...others] = await server.rows(
      'SELECT message->type, message->recordProcessingError->offset FROM KSQL_PROCESSING_LOG;',
    );
    expect(error).toBe('[1,0]');
    expect(others).toEqual([]);
    const [row] = await server.values('ERRORS');
    expect(JSON.parse(row as string)).toMatchObject({ E: expect.stringContaining('zero') });
  });

  test('is not kept unless the configuration asks for it', async () => {
    await using server = await testEngine();
    await server.run(readNumbers);
    await server.produce('s', '{"N":');
    expect((await server.engine.topics()).map(({ name }) => name)).not.toContain(topic);
  });

  test('may be deleted while queries run', async () => {
    await using server = await testEngine(on);
    await server.run(readNumbers);
    await server.run('DROP STREAM KSQL_PROCESSING_LOG DELETE TOPIC;');
    await server.produce('s', '{"N":', '{"N":1}');
    expect(await server.values('TENTHS')).toEqual(['{"T":10}']);
  });
});

describe('reports', () => {
  const error = {
    type: 1,
    step: 'Project',
    message: 'division by zero',
    topic: 's',
    partition: 0,
    offset: 7,
    target: null,
  } as const;
  function logAt(now: () => number): ProcessingLog {
    return new ProcessingLog('log', now);
  }

  test('are one batch for each tick', () => {
    const log = logAt(() => 5);
    expect(log.take()).toBeNull();
    const a = log.reporter('A', () => ['s']);
    a.onError(error);
    log.reporter('B', () => ['s']).onError(error);
    expect(log.take()).toMatchObject({
      to: { topic: 'log', partition: 0 },
      recordCount: 2,
      maxTimestamp: 5,
      times: null,
    });
    expect(log.take()).toBeNull();
  });

  test('go with the tick when the query stops, and the failure is reported', () => {
    const log = logAt(() => 5);
    const reporter = log.reporter('A', () => ['s']);
    reporter.onError(error);
    reporter.onFailed('out of range', ['cause']);
    expect(log.take()).toMatchObject({ recordCount: 1 });
  });

  test('beyond a thousand at once and ten a second are counted', () => {
    let time = 0;
    const log = logAt(() => time);
    const reporter = log.reporter('A', () => ['s']);
    for (let n = 0; n < 3_000; n++) reporter.onError(error);
    expect(log.take()).toMatchObject({ recordCount: 1_000 });
    time = 1_000;
    for (let n = 0; n < 3_000; n++) reporter.onError(error);
    // The count of the 2,000 before, and ten.
    expect(log.take()).toMatchObject({ recordCount: 11 });
  });

  test('of a query that reads the log itself are not written to it', () => {
    const log = logAt(() => 5);
    log.reporter('A', () => ['s', 'log']).onError(error);
    expect(log.take()).toBeNull();
  });
});

test('names are those of the configuration', () => {
  const properties = {
    ...on,
    'ksql.service.id': 'orders_',
    'ksql.logging.processing.stream.name': 'PROBLEMS',
    'ksql.logging.processing.topic.partitions': '3',
  };
  expect(processingLogTopic(properties)).toMatchObject({
    name: 'orders_ksql_processing_log',
    partitions: 3,
    retentionMs: 604_800_000,
  });
  expect(processingLogStream(properties)?.sql).toContain('CREATE STREAM `PROBLEMS` (');
});
