/** Gives each turn of the event loop to one of those who wait for it, in the order in which they came. */
export class TurnQueue {
  readonly #yieldTurn: () => Promise<void>;
  readonly #waiting: (() => void)[] = [];
  #isRunning = false;

  constructor(yieldTurn: () => Promise<void>) {
    this.#yieldTurn = yieldTurn;
  }

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (!this.#isRunning) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      await this.#yieldTurn();
      this.#waiting.shift()?.();
    }
    this.#isRunning = false;
  }
}
