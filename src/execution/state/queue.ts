/** A queue in ascending order: most items come in order, and go to its end. */
export class OrderedQueue<Item> {
  readonly #comesAfter: (a: Item, b: Item) => boolean;
  readonly #items: Item[] = [];
  #first = 0;

  /** `comesAfter(a, b)`: does a belong behind b? Equal items keep their order of arrival. */
  constructor(comesAfter: (a: Item, b: Item) => boolean) {
    this.#comesAfter = comesAfter;
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

  /** Removes all but those. */
  retain(isKept: (item: Item) => boolean): void {
    const items = this.#items;
    let to = 0;
    for (let from = this.#first; from < items.length; from++) {
      const item = items[from]!;
      if (isKept(item)) items[to++] = item;
    }
    items.length = to;
    this.#first = 0;
  }

  peek(): Item | undefined {
    return this.#items[this.#first];
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
