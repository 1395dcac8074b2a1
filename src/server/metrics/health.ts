/**
 * Whether the engine goes on, as far as can be told from outside of its thread: it is asked, one question at a time, and how long
 * it leaves one unanswered is how long it has been silent.
 */
import type { Engine, EngineMetrics } from '../../engine/api.ts';

/** A server whose engine is silent for longer is not ready, and then not alive. */
export const readySilenceMsMax = 5_000;
export const liveSilenceMsMax = 10_000;
/** How long a probe waits for an answer before it goes by what is known. */
const patienceMs = 1_000;

export class EngineHealth {
  readonly #engine: Pick<Engine, 'metrics'>;
  readonly #now: () => number;
  readonly #patienceMs: number;
  #asked: { readonly atMs: number; readonly answer: Promise<void> } | null = null;
  #metrics: EngineMetrics | null = null;
  #isDead = false;

  /** `now` in milliseconds from anywhere; it never goes back. */
  constructor(
    engine: Pick<Engine, 'metrics'>,
    now: () => number = () => performance.now(),
    patience: number = patienceMs,
  ) {
    this.#engine = engine;
    this.#now = now;
    this.#patienceMs = patience;
  }

  /** Milliseconds for which the engine has left a question unanswered; infinite when it has ended. */
  async silentMs(): Promise<number> {
    this.#asked ??= { atMs: this.#now(), answer: this.#ask() };
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#patienceMs);
    });
    await Promise.race([this.#asked.answer, late]);
    clearTimeout(timer);
    if (this.#isDead) return Number.POSITIVE_INFINITY;
    return this.#asked === null ? 0 : this.#now() - this.#asked.atMs;
  }

  /** Why the server should get no requests now; nothing if it should. */
  async reasons(): Promise<readonly string[]> {
    const silent = await this.silentMs();
    if (silent === Number.POSITIVE_INFINITY) return ['the engine has ended'];
    const reasons = silent < readySilenceMsMax ? [] : ['the engine does not answer'];
    return this.#metrics?.['disk_full'] === 1 ? [...reasons, 'the disk is full'] : reasons;
  }

  async #ask(): Promise<void> {
    try {
      this.#metrics = await this.#engine.metrics();
    } catch {
      this.#isDead = true;
    }
    this.#asked = null;
  }
}
