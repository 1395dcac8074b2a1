/** A real `leat serve` process, as a user would start it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const entry = join(import.meta.dirname, '../../src/leat.js');
/**
 * Loaded first: the process ends when its standard input does, that is with the test, however that ends. It would otherwise go
 * on for ever when the test is killed. Threads are given it too, and have nothing to end.
 */
const endWithParent = `data:text/javascript,${encodeURIComponent(`
  import { isMainThread } from 'node:worker_threads';
  if (isMainThread) process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL')).resume().unref();
`)}`;

/** No process outlives a test that has gone wrong by more than this. */
const lifeMsMax = 120_000;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class ServeProcess {
  readonly #child: ChildProcess;
  /** Resolves with the server's URL once it serves; rejects if it ends before. */
  readonly ready: Promise<string>;
  readonly exited: Promise<Exit>;
  #stdout = '';
  #stderr = '';

  /** In UTC, so that texts without a zone mean the same everywhere. */
  constructor(directory: string, args: readonly string[] = []) {
    this.#child = spawn(
      process.execPath,
      ['--import', endWithParent, entry, 'serve', '--data', directory, '--port', '0', ...args],
      {
        stdio: ['pipe', 'pipe', 'pipe'],
        env: { ...process.env, TZ: 'UTC' },
      },
    );
    this.exited = once(this.#child, 'exit').then(([code, signal]) => ({ code, signal }));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.ready = new Promise((resolve, reject) => {
      this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        this.#stdout += text;
        const url = /at (http:\S+)/.exec(this.#stdout)?.[1];
        if (url !== undefined) resolve(url);
      });
      void this.exited.then(({ code, signal }) =>
        reject(new Error(`leat serve ended with ${code ?? signal}: ${this.#stderr}`)),
      );
    });
    setTimeout(() => this.#child.kill('SIGKILL'), lifeMsMax).unref();
    // Whoever kills it while it starts does not wait for it.
    this.ready.catch(() => undefined);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Sends the signal and resolves when the process is gone. */
  async kill(signal: NodeJS.Signals): Promise<Exit> {
    this.#child.kill(signal);
    return this.exited;
  }
}
