/** Cold start: from starting the process on an empty directory until it answers. */
import {
  type Build,
  ksql,
  queryText,
  residentMegabytes,
  startServerProcess,
} from './server-process.ts';
import { median } from './rounds.ts';

export interface StartFigures {
  readonly build: Build;
  /** Until the first GET /info is answered. */
  readonly infoMs: number;
  /** Until a CREATE, an INSERT and a SELECT of the row are answered. */
  readonly firstRowMs: number;
  /** Megabytes before any statement. */
  readonly idleMegabytes: number;
  /** After the statements. */
  readonly usedMegabytes: number;
}

const IDLE_MS = 1000;

export async function measureStart(build: Build, rounds: number): Promise<StartFigures> {
  const all: Omit<StartFigures, 'build'>[] = [];
  // The first start compiles what the later ones find compiled.
  await measureOnce(build);
  for (let round = 0; round < rounds; round++) all.push(await measureOnce(build));
  const of = (name: keyof Omit<StartFigures, 'build'>) => median(all.map((each) => each[name]));
  return {
    build,
    infoMs: of('infoMs'),
    firstRowMs: of('firstRowMs'),
    idleMegabytes: of('idleMegabytes'),
    usedMegabytes: of('usedMegabytes'),
  };
}

async function measureOnce(build: Build): Promise<Omit<StartFigures, 'build'>> {
  const idle = await startServerProcess(build);
  await fetch(`${idle.url}/info`).then((response) => response.text());
  const infoMs = performance.now() - idle.startedAt;
  await pause(IDLE_MS);
  const idleMegabytes = residentMegabytes(idle.pid);
  await idle.stop();

  const server = await startServerProcess(build);
  await ksql(
    server.url,
    "CREATE STREAM s (id INT KEY, v STRING) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);",
  );
  await ksql(server.url, "INSERT INTO s (id, v) VALUES (1, 'first');");
  const answer = await queryText(server.url, 'SELECT * FROM s EMIT CHANGES LIMIT 1;');
  const firstRowMs = performance.now() - server.startedAt;
  if (!answer.includes('first')) throw new Error(answer);
  await pause(IDLE_MS);
  const usedMegabytes = residentMegabytes(server.pid);
  await server.stop();
  return { infoMs, firstRowMs, idleMegabytes, usedMegabytes };
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
}
