/**
 * Flights and average delay per origin and day, with the airport's name from a table: streamed through the HTTP API of a real
 * server, and compared with batch SQL over the same rows.
 */
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { Client } from '../../src/client/client.ts';
import { request, rowsOf } from '../engine/topics.ts';
import { temporaryDirectory } from '../server/directories.ts';
import { RowWriter } from '../server/row-writer.ts';
import { ServeProcess } from '../server/serve-process.ts';
import { type Airport, airports, type Flight, flights } from './data-files.ts';

const waitingMax = 2_000;
const batchRows = 250;

const statements = `
  CREATE TABLE airports (iata STRING PRIMARY KEY, name STRING, city STRING, state STRING)
    WITH (KAFKA_TOPIC='airports', VALUE_FORMAT='DELIMITED', PARTITIONS=4);
  CREATE STREAM flights (origin STRING KEY, date STRING, delay INT, distance INT, destination STRING)
    WITH (KAFKA_TOPIC='flights', VALUE_FORMAT='JSON', TIMESTAMP='date', TIMESTAMP_FORMAT='yyyy/MM/dd HH:mm', PARTITIONS=4);
  CREATE TABLE per_day AS
    SELECT origin, COUNT(*) AS flights, AVG(delay) AS delay
    FROM flights WINDOW TUMBLING (SIZE 1 DAY, RETENTION 365 DAYS) GROUP BY origin;
  CREATE STREAM named AS
    SELECT f.origin AS origin, a.name AS airport, a.state AS state, delay, distance
    FROM flights f LEFT JOIN airports a ON f.origin = a.iata;
  CREATE TABLE named_per_day AS
    SELECT origin, LATEST_BY_OFFSET(airport) AS airport, COUNT(*) AS flights, AVG(delay) AS delay
    FROM named WINDOW TUMBLING (SIZE 1 DAY, RETENTION 365 DAYS) GROUP BY origin;
  CREATE TABLE per_state AS
    SELECT state, COUNT(*) AS flights, SUM(distance) AS distance, MAX(delay) AS latest
    FROM named GROUP BY state;`;

/** The same three answers from SQLite. */
function batch(
  flightRows: readonly Flight[],
  airportRows: readonly Airport[],
): readonly string[][] {
  const database = new Database(':memory:');
  database.exec(`CREATE TABLE airport (iata TEXT PRIMARY KEY, name TEXT, state TEXT);
    CREATE TABLE flight (origin TEXT, day INTEGER, delay INTEGER, distance INTEGER)`);
  const airport = database.prepare('INSERT INTO airport VALUES (@iata, @name, @state)');
  const flight = database.prepare(`INSERT INTO flight VALUES (@origin,
    unixepoch(replace(substr(@date, 1, 10), '/', '-')) * 1000, @delay, @distance)`);
  database.transaction(() => {
    for (const row of airportRows) airport.run(row);
    for (const row of flightRows) flight.run(row);
  })();
  const texts = (sql: string) =>
    database
      .prepare(sql)
      .raw()
      .all()
      .map((row) => JSON.stringify(row))
      .sort();
  const answers = [
    texts('SELECT origin, day, count(*), avg(delay) FROM flight GROUP BY origin, day'),
    texts(`SELECT origin, day, name, count(*), avg(delay) FROM flight LEFT JOIN airport ON origin = iata
      GROUP BY origin, day`),
    texts(`SELECT state, count(*), sum(distance), max(delay) FROM flight JOIN airport ON origin = iata
      GROUP BY state`),
  ];
  database.close();
  return answers;
}

/** What the queries of the server hold, as JSON texts with numbers as JavaScript writes them. */
async function streamed(url: string): Promise<readonly string[][]> {
  const client = new Client(url);
  const texts = async (sql: string) =>
    (await rowsOf(client, sql)).map((row) => JSON.stringify(JSON.parse(row))).sort();
  return [
    await texts('SELECT origin, WINDOWSTART, flights, delay FROM per_day;'),
    await texts('SELECT origin, WINDOWSTART, airport, flights, delay FROM named_per_day;'),
    await texts('SELECT state, flights, distance, latest FROM per_state;'),
  ];
}

/** Sends rows in order; stops early, with rows under way, once `killAt` of them are acknowledged. */
async function send(
  url: string,
  target: string,
  rows: readonly object[],
  killAt = Number.POSITIVE_INFINITY,
): Promise<RowWriter> {
  const writer = new RowWriter(url, target);
  for (let at = 0; at < rows.length && writer.acknowledged < killAt; at += batchRows)
    await writer.write(rows.slice(at, at + batchRows), waitingMax);
  if (killAt === Number.POSITIVE_INFINITY) await writer.end();
  expect(writer.refusals).toEqual([]);
  return writer;
}

async function started(
  directory: string,
): Promise<{ readonly server: ServeProcess; readonly url: string }> {
  const server = new ServeProcess(directory);
  return { server, url: await server.ready };
}

test('flights per origin and day equal batch SQL', async () => {
  using directory = temporaryDirectory();
  const { server, url } = await started(directory.path);
  const began = performance.now();
  await new Client(url).execute(request(statements));
  expect((await send(url, 'airports', airports())).acknowledged).toBe(airports().length);
  expect((await send(url, 'flights', flights())).acknowledged).toBe(flights().length);
  const loaded = performance.now();
  const answers = await streamed(url);
  const expected = batch(flights(), airports());
  expect(answers).toEqual(expected);
  console.log(
    `flights: ${airports().length + flights().length} rows acknowledged in ${((loaded - began) / 1000).toFixed(2)} s; ` +
      `${expected.map((rows) => rows.length).join(', ')} rows equal`,
  );
  expect((await server.kill('SIGTERM')).code).toBe(0);
}, 60_000);

test('so they do after kill -9 in the middle', async () => {
  using directory = temporaryDirectory();
  const first = await started(directory.path);
  await new Client(first.url).execute(request(statements));
  await send(first.url, 'airports', airports());
  const cut = await send(first.url, 'flights', flights(), flights().length / 2);
  await first.server.kill('SIGKILL');
  await cut.gone();

  const second = await started(directory.path);
  // What was under way may be there or not: the writer looks, and goes on from there.
  const stored = (await rowsOf(new Client(second.url), 'SELECT date FROM flights;')).length;
  expect(stored).toBeGreaterThanOrEqual(cut.acknowledged);
  expect(stored).toBeLessThanOrEqual(cut.sent);
  await send(second.url, 'flights', flights().slice(stored));
  expect(await streamed(second.url)).toEqual(batch(flights(), airports()));
  await second.server.kill('SIGKILL');
}, 60_000);
