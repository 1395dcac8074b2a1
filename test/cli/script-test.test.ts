import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../server/directories.ts';
import { runLeat } from './run-leat.ts';

const script = `--@test: a filter keeps what matches
CREATE STREAM s (id INT KEY, v INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);
CREATE STREAM d AS SELECT * FROM s WHERE v > 1;
INSERT INTO s (id, v, ROWTIME) VALUES (1, 1, 10);
INSERT INTO s (id, v, ROWTIME) VALUES (2, 5, 20);
ASSERT VALUES d (id, v, ROWTIME) VALUES (2, 5, 20);

--@test: what is refused is expected
--@expected.error: io.confluent.ksql.util.KsqlException
--@expected.message: column 'NOTHING' cannot be resolved
CREATE STREAM s (id INT KEY, v INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);
CREATE STREAM d AS SELECT id, nothing FROM s;
`;

test('leat test runs scripts and says how they went, in words and by its status', async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'test.sql');
  writeFileSync(path, script);
  const passed = await runLeat(['test', path]);
  expect(passed).toMatchObject({ status: 0, stderr: '' });
  expect(passed.stdout).toContain('2 passed, 0 failed');

  writeFileSync(path, script.replace('(2, 5, 20);\n\n', '(2, 6, 20);\n\n'));
  const failed = await runLeat(['test', directory.path]);
  expect(failed.status).toBe(1);
  expect(failed.stdout).toContain('1 passed, 1 failed');
  // What was expected and what was there, and where the assertion stands.
  expect(failed.stdout).toMatch(/Line: 6, Col: 1[\s\S]*5[\s\S]*test\.sql:6/);

  writeFileSync(path, '-- nothing\n');
  expect((await runLeat(['test', path])).status).toBe(1);
});
