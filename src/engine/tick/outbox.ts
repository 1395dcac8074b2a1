/**
 * Messages to another thread. Each crossing costs more than what it carries, above all where it wakes a thread that sleeps: so
 * those of one turn of the event loop go together, and where receipts are given, those that come until the last ones have arrived.
 */
export class Outbox<Message> {
  readonly #send: (messages: readonly Message[]) => void;
  readonly #withReceipts: boolean;
  #waiting: Message[] = [];
  #isUnderWay = false;

  constructor(send: (messages: readonly Message[]) => void, withReceipts: boolean) {
    this.#send = send;
    this.#withReceipts = withReceipts;
  }

  add(message: Message): void {
    if (this.#waiting.push(message) === 1 && !this.#isUnderWay) this.#schedule();
  }

  /** What was added last, as long as it waits. */
  get last(): Message | undefined {
    return this.#waiting.at(-1);
  }

  /** The other thread has what was sent last. */
  received(): void {
    this.#isUnderWay = false;
    if (this.#waiting.length > 0) this.#schedule();
  }

  /** Sends what waits now: before the way there is closed. */
  flush(): void {
    const messages = this.#waiting;
    if (messages.length === 0) return;
    this.#waiting = [];
    this.#isUnderWay = this.#withReceipts;
    this.#send(messages);
  }

  #schedule(): void {
    setImmediate(() => this.flush());
  }
}
