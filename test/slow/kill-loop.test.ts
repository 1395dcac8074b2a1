import { expect, test } from 'vitest';
import { temporaryDirectory } from '../server/directories.ts';
import { killLoop, verify } from '../server/kill-loop.ts';

const kills = 200;
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

test(`${kills} kills lose nothing acknowledged, double nothing, and leave every query as if there had been none`, async () => {
  using directory = temporaryDirectory();
  const began = performance.now();
  const ledger = await killLoop(directory.path, kills, seed);
  const looped = performance.now();
  const { acknowledged, stored, derived, wrong } = await verify(directory.path, ledger);
  const seconds = (from: number, to: number) => ((to - from) / 1000).toFixed(1);
  console.log(
    `kill loop, seed ${seed}: ${ledger.killedLoaded} kills under load and ${ledger.killedStarting} while starting in ` +
      `${seconds(began, looped)} s; ${acknowledged} rows acknowledged, ${stored} stored, ${derived} records derived, ` +
      `${ledger.statements.made.size + ledger.statements.dropped.size} statements acknowledged; ` +
      `compared with a replay in ${seconds(looped, performance.now())} s: ${wrong.length} differences`,
  );
  expect(wrong.slice(0, 20)).toEqual([]);
  expect(acknowledged).toBeGreaterThan(kills * 100);
});
