/** A queue in ascending order: most items come in order, and go to its end. */
export class OrderedQueue<Item> {
  readonly #comesAfter: (a: Item, b: Item) => boolean;
  readonly #isGone: (item: Item) => boolean;
  #goneCount = 0;
  readonly #items: Item[] = [];
  #first = 0;

  /**
   * `comesAfter(a, b)`: does a belong behind b? Equal items keep their order of arrival. Items that are gone are passed over, but
   * keep their place in the order.
   */
  constructor(
    comesAfter: (a: Item, b: Item) => boolean,
    isGone: (item: Item) => boolean = () => false,
  ) {
    this.#comesAfter = comesAfter;
    this.#isGone = isGone;
  }

  add(item: Item): void {
    const items = this.#items;
    const comesAfter = this.#comesAfter;
    if (items.length === this.#first || !comesAfter(items.at(-1)!, item)) {
      items.push(item);
      return;
    }
    let low = this.#first;
    let high = items.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (comesAfter(items[middle]!, item)) high = middle;
      else low = middle + 1;
    }
    items.splice(low, 0, item);
  }

  /** So many items are gone since. They are let go of when they are some part of all. */
  forget(count: number): void {
    this.#goneCount += count;
    const items = this.#items;
    if (this.#goneCount * 8 < items.length - this.#first) return;
    this.#goneCount = 0;
    let to = 0;
    for (let from = this.#first; from < items.length; from++) {
      const item = items[from]!;
      if (!this.#isGone(item)) items[to++] = item;
    }
    items.length = to;
    this.#first = 0;
  }

  peek(): Item | undefined {
    let item = this.#items[this.#first];
    while (item !== undefined && this.#isGone(item)) {
      this.shift();
      item = this.#items[this.#first];
    }
    return item;
  }

  /** Removes the first item. */
  shift(): Item | undefined {
    const item = this.#items[this.#first];
    if (item === undefined) return undefined;
    this.#first++;
    // Freed in bulk: removing from the front of an array moves everything behind it.
    if (this.#first > 1024 && this.#first * 2 > this.#items.length) {
      this.#items.splice(0, this.#first);
      this.#first = 0;
    }
    return item;
  }
}
