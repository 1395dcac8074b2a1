/** What a server needs to be told that is to take load from one address. */
export const settings: readonly string[] = [
  'ksql.max.push.queries=5000',
  'leat.limit.connections.per.ip=20000',
  'leat.limit.http.connections=5000',
  'leat.limit.ws.connections=20000',
];

export function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
}
