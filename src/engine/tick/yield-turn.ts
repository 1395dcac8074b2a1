/** Resolves in the event loop's next turn: everything else that waits for one comes first. */
export function yieldTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
