/** Lines of a streamed body as they arrive, those of one piece together. Blank lines keep connections alive and are skipped. */

/** None of no body. The last line needs no line break. Leaving the iteration early cancels the body. */
export async function* lineBatchesOf(
  body: ReadableStream<Uint8Array> | null,
): AsyncGenerator<readonly string[]> {
  if (body === null) return;
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
      const lines = rest.split('\n');
      rest = done ? '' : (lines.pop() as string);
      const full = lines.filter((line) => line.trim() !== '');
      if (full.length > 0) yield full;
      if (done) return;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
