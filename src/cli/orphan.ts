/**
 * Notices that whoever started this process has gone. npm (`npx leat serve`, `npm run …`) puts a shell between itself and the
 * server and passes SIGTERM on to that shell, which dies of it and tells nobody; when npm itself is killed not even the shell
 * knows. The server would go on for ever, and hold its data directory.
 */
import { readFileSync } from 'node:fs';

const pollMs = 250;

/** Calls `run` once when npm, or its shell, has gone; null where npm did not start this process: then outliving its parent is meant. */
export function whenNpmIsGone(run: () => void): Disposable | null {
  if (process.env['npm_lifecycle_event'] === undefined) return null;
  const parent = process.ppid;
  const grandparent = parentOf(parent);
  const timer = setInterval(() => {
    if (process.ppid === parent && parentOf(parent) === grandparent) return;
    clearInterval(timer);
    run();
  }, pollMs).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** The parent of a process where there is a /proc; else null: shells of other systems replace themselves by the command. */
function parentOf(pid: number): number | null {
  try {
    // "pid (name) state parent …", and the name may hold anything.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}
