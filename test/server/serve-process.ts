/** A real `leat serve` process, as a user would start it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const entry = join(import.meta.dirname, '../../src/leat.js');

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
      [entry, 'serve', '--data', directory, '--port', '0', ...args],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
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
    const end = () => this.#child.kill('SIGKILL');
    process.once('exit', end);
    void this.exited.then(() => process.off('exit', end));
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
