/**
 * How a server stops: it takes no further requests, what streams is told so and ends, and everything else under way runs to its
 * end, for a while.
 */
import { type ProblemError, problem } from '../../base/errors.ts';

export class Drain {
  readonly #closing = new AbortController();
  #active = 0;
  #onIdle: (() => void) | null = null;

  /** Aborts when the server begins to stop. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Requests and sockets under way. */
  get active(): number {
    return this.#active;
  }

  /** One more; call what it returns when it is over, as often as you like. Throws `engine.shutting-down`. */
  enter(): () => void {
    if (this.closing.aborted) throw shuttingDown();
    this.#active++;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      if (--this.#active === 0) this.#onIdle?.();
    };
  }

  /** Resolves when nothing is under way any more, or after `timeoutMs`; whether everything ended. */
  async end(timeoutMs: number): Promise<boolean> {
    this.#closing.abort();
    if (this.#active === 0) return true;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }
}

/** What clients are told meanwhile. */
export function shuttingDown(): ProblemError {
  return problem('engine.shutting-down', 'The server is shutting down');
}
