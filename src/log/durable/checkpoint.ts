/**
 * When the WAL is folded into the database. The thread that does it (checkpoint-worker.ts) is started once there is something
 * worth it. While commits come, a passive checkpoint runs every 100 ms beside them; the WAL begins again from its start when
 * one catches up. If it grows beyond half of its limit, the next commit waits for a checkpoint that makes it begin again.
 */
import { Worker } from 'node:worker_threads';
import { PAGE_BYTES } from './schema.ts';

export type CheckpointMode = 'PASSIVE' | 'RESTART' | 'TRUNCATE';

/** Sizes in pages of the WAL. */
export interface CheckpointReply {
  /** Something kept the checkpoint from doing all it was asked for; normal. */
  readonly isBusy: boolean;
  readonly pages: number;
  readonly foldedPages: number;
}

export interface CheckpointSetup {
  readonly path: string;
  readonly segmentDirectory: string;
  readonly walBytesMax: number;
  /** Whether segments are flushed here and not by commits. */
  readonly syncsSegments: boolean;
}

const INTERVAL_MS = 100;
/** The WAL may grow to this without anybody checkpointing. */
const IDLE_BYTES = 4 * 1024 * 1024;
const RESTART_SHARE = 0.5;
const TRUNCATE_SHARE = 0.8;
/** A commit writes at least the last page of a few trees. */
const COMMIT_PAGES = 5;

type Reply = CheckpointReply | { readonly error: string };

export class Checkpoints {
  readonly #setup: CheckpointSetup;
  readonly #fail: (cause: unknown) => void;
  #worker: Worker | null = null;
  /** The request under way. */
  #request: { readonly done: Promise<void>; readonly settle: (reply: Reply) => void } | null = null;
  #timer: NodeJS.Timeout | null = null;
  #startedAt = Number.NEGATIVE_INFINITY;
  /** A reader keeps the WAL from beginning again: no commit waits for that before this time. */
  #heldUntil = Number.NEGATIVE_INFINITY;
  /** How far the WAL reaches: as last reported, plus an estimate of what came since. */
  #walBytes = 0;
  #folded: (() => Promise<void>)[] = [];
  #isClosed = false;

  /** `fail` is called when a checkpoint meets an error, which stops the log. */
  constructor(setup: CheckpointSetup, fail: (cause: unknown) => void) {
    this.#setup = setup;
    this.#fail = fail;
  }

  /** Before a commit: waits only if the WAL has become too large. */
  async beforeCommit(): Promise<void> {
    const share = this.#walBytes / this.#setup.walBytesMax;
    if (share < RESTART_SHARE || performance.now() < this.#heldUntil) return;
    // Somebody waits now, so the process must not end before the answer.
    this.#worker?.ref();
    while (this.#request !== null) await this.#request.done;
    this.#ask(share < TRUNCATE_SHARE ? 'RESTART' : 'TRUNCATE');
    this.#worker?.ref();
    await this.#request!.done;
    this.#worker?.unref();
  }

  /** After a commit that wrote about `byteCount` bytes into the database. */
  afterCommit(byteCount: number): void {
    this.#walBytes += byteCount + COMMIT_PAGES * PAGE_BYTES;
    if (this.#walBytes < IDLE_BYTES || this.#request !== null || this.#timer !== null) return;
    if (this.#isDue()) this.#ask('PASSIVE');
    else this.#schedule();
  }

  /**
   * Runs `action` when everything committed so far is in the database for certain, at the latest when the log is closed. What
   * only an older commit needs can then go.
   */
  whenFolded(action: () => Promise<void>): Promise<void> {
    // With flushed commits, the row's removal is durable already.
    if (!this.#setup.syncsSegments) return action();
    this.#folded.push(action);
    return Promise.resolve();
  }

  #isDue(): boolean {
    return performance.now() - this.#startedAt >= INTERVAL_MS;
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (!this.#isClosed && this.#request === null) this.#ask('PASSIVE');
    }, INTERVAL_MS);
    this.#timer.unref();
  }

  #ask(mode: CheckpointMode): void {
    this.#worker ??= this.#start();
    this.#startedAt = performance.now();
    const folded = this.#folded;
    this.#folded = [];
    const { promise: done, resolve } = Promise.withResolvers<void>();
    this.#request = {
      done,
      settle: (reply) => {
        this.#request = null;
        this.#note(mode, reply, folded);
        resolve();
      },
    };
    this.#worker.postMessage(mode);
  }

  #note(mode: CheckpointMode, reply: Reply, folded: readonly (() => Promise<void>)[]): void {
    if ('error' in reply) {
      this.#fail(new Error(`checkpoint failed: ${reply.error}`));
      return;
    }
    const isComplete = !reply.isBusy && reply.foldedPages === reply.pages;
    // After a passive one the WAL begins again only if no commit came meanwhile; the next reply tells.
    this.#walBytes = isComplete && mode !== 'PASSIVE' ? 0 : reply.pages * PAGE_BYTES;
    if (mode !== 'PASSIVE' && !isComplete) this.#heldUntil = performance.now() + INTERVAL_MS;
    if (!isComplete) this.#folded.unshift(...folded);
    else for (const action of folded) action().catch(this.#fail);
  }

  #start(): Worker {
    // Unbuilt the worker is TypeScript, like this file; built, both are JavaScript.
    const source = new URL('./checkpoint-worker.ts', import.meta.url);
    const isBuilt = !import.meta.url.endsWith('.ts');
    const url = isBuilt ? new URL(source.href.replace(/\.ts$/, '.js')) : source;
    const worker = new Worker(url, { workerData: this.#setup, name: 'checkpoint' });
    worker.on('message', (reply: Reply) => this.#request?.settle(reply));
    worker.on('error', (error) => this.#request?.settle({ error: error.message }));
    worker.unref();
    return worker;
  }

  /** Ends the thread; what waited for a checkpoint is returned, to be run after the last one. */
  async close(): Promise<readonly (() => Promise<void>)[]> {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const worker = this.#worker;
    if (worker !== null) {
      worker.ref();
      while (this.#request !== null) await this.#request.done;
      const { promise: ended, resolve } = Promise.withResolvers<void>();
      worker.once('exit', () => resolve());
      worker.postMessage('close');
      await ended;
      this.#worker = null;
    }
    return this.#folded;
  }
}
