/** A queue in ascending order: most items come in order, so insertion looks from the end. */
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
    let at = items.length;
    while (at > this.#first && this.#comesAfter(items[at - 1]!, item)) at--;
    if (at === items.length) items.push(item);
    else items.splice(at, 0, item);
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
