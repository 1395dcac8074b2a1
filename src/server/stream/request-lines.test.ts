import { describe, expect, test } from 'vitest';
import { RequestLines } from './request-lines.ts';

async function* chunks(...texts: readonly (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

async function allOf(lines: RequestLines): Promise<(string | null)[]> {
  const all: (string | null)[] = [];
  for (let some = await lines.next(); some !== null; some = await lines.next()) all.push(...some);
  return all;
}

const limits = { lines: 3, lineBytes: 8 };

describe('lines of a body', () => {
  test('end with a line feed, wherever the body is cut, and the last with the body', async () => {
    const body = Buffer.from('ä\u2028\r\n\n \nab\ncd');
    for (let cut = 0; cut <= body.length; cut++) {
      const lines = new RequestLines(chunks(body.subarray(0, cut), body.subarray(cut)), limits);
      expect(await allOf(lines)).toEqual(['ä', 'ab', 'cd']);
    }
    expect(
      await allOf(new RequestLines(chunks('a\u2028b\u2029c'), { ...limits, lineBytes: 9 })),
    ).toEqual(['a\u2028b\u2029c']);
  });

  test('are given no more at a time than may be', async () => {
    const lines = new RequestLines(chunks('1\n2\n3\n4\n5\n'), limits);
    expect(await lines.next(1)).toEqual(['1']);
    expect(await lines.next()).toEqual(['2', '3', '4']);
    expect(await lines.next()).toEqual(['5']);
    expect(await lines.next()).toBeNull();
  });

  test('are not read ahead beyond that', async () => {
    let read = 0;
    async function* body(): AsyncGenerator<Buffer> {
      for (; read < 100; read++) yield Buffer.from('x\n');
    }
    const lines = new RequestLines(body(), limits);
    expect((await lines.next(1))?.length).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(read).toBeLessThanOrEqual(limits.lines + 1);
    expect((await allOf(lines)).length).toBe(99);
  });

  test('that are too long are told of and not kept', async () => {
    const lines = new RequestLines(chunks('12345678\n', '12345', '6789\nx\n', '123456789'), limits);
    expect(await allOf(lines)).toEqual(['12345678', null, 'x', null]);
  });

  test('that come after the taker has had enough are forgotten', async () => {
    let read = 0;
    async function* body(): AsyncGenerator<Buffer> {
      for (; read < 10; read++) yield Buffer.from('1\n2\n3');
    }
    const lines = new RequestLines(body(), limits);
    await lines.next(1);
    lines.stop();
    expect((await allOf(lines))[0]).toBe('2');
    await expect.poll(() => read).toBe(10);
    expect(await lines.next()).toBeNull();
  });

  test('break off with the body, after what came before', async () => {
    async function* body(): AsyncGenerator<Buffer> {
      yield Buffer.from('a\nb');
      throw new Error('gone');
    }
    const lines = new RequestLines(body(), limits);
    expect(await lines.next()).toEqual(['a']);
    await expect(lines.next()).rejects.toThrow('gone');
  });
});
