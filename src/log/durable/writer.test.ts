import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { Writer } from './writer.ts';

function open(): { database: Database.Database; writer: Writer } {
  const database = new Database(':memory:');
  database.exec('CREATE TABLE t (x)');
  return { database, writer: new Writer(database) };
}

test('a full database rolls back, says so, and goes on', () => {
  const { database, writer } = open();
  const pages = database.pragma('page_count', { simple: true });
  database.pragma(`max_page_count = ${pages}`);
  const insert = database.prepare('INSERT INTO t VALUES (?)');
  expect(() =>
    writer.run(() => {
      insert.run('small');
      insert.run(Buffer.alloc(100_000));
    }),
  ).toThrow(expect.objectContaining({ code: 'log.disk-full' }));
  expect(database.inTransaction).toBe(false);
  writer.run(() => insert.run('kept'));
  expect(database.prepare('SELECT x FROM t').pluck().all()).toEqual(['kept']);
});

test('a read-only database is known not to have been written', () => {
  const { database, writer } = open();
  database.pragma('query_only = 1');
  expect(() => writer.run(() => database.exec('INSERT INTO t VALUES (1)'))).toThrow(
    expect.objectContaining({ code: 'log.read-only' }),
  );
});

test('an error of the change itself is passed on after a rollback', () => {
  const { database, writer } = open();
  const error = new Error('changed my mind');
  expect(() =>
    writer.run(() => {
      database.exec('INSERT INTO t VALUES (1)');
      throw error;
    }),
  ).toThrow(error);
  expect(database.prepare('SELECT count(*) FROM t').pluck().get()).toBe(0);
  writer.check();
});

test('any other storage error stops the writer for good', () => {
  const { database, writer } = open();
  expect(() => writer.run(() => database.exec('INSERT INTO nowhere VALUES (1)'))).toThrow(
    expect.objectContaining({ code: 'log.outcome-unknown' }),
  );
  expect(() => writer.run(() => {})).toThrow(
    expect.objectContaining({ code: 'log.outcome-unknown' }),
  );
});
