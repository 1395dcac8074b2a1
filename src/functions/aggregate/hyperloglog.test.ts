import { describe, expect, test } from 'vitest';
import { addToSketch, EMPTY_SKETCH, estimate, mergeSketches, type Sketch } from './hyperloglog.ts';

function sketchOf(from: number, to: number): Sketch {
  let sketch = EMPTY_SKETCH;
  for (let index = from; index < to; index++) sketch = addToSketch(sketch, `${index};`);
  return sketch;
}

describe('the sketch', () => {
  test('is exact while it is small', () => {
    expect(estimate(EMPTY_SKETCH)).toBe(0);
    expect(estimate(sketchOf(0, 256))).toBe(256);
  });

  /** Four standard errors of 0.8 %. */
  test.each([257, 1000, 5000, 20_000, 60_000])(
    'estimates %d distinct values within 3.3 %%',
    (n) => {
      const seen = estimate(sketchOf(0, n));
      expect(Math.abs(seen - n) / n).toBeLessThan(0.033);
    },
  );

  test('does not change when a value comes again', () => {
    const sketch = sketchOf(0, 3000);
    expect(addToSketch(sketch, '17;')).toBe(sketch);
    const small = sketchOf(0, 10);
    expect(addToSketch(small, '7;')).toBe(small);
  });

  test.each([
    [0, 100, 50, 150],
    [0, 200, 150, 400],
    [0, 3000, 0, 10],
    [0, 10, 0, 3000],
    [0, 3000, 2000, 6000],
  ])('merged is the sketch of all values', (fromA, toA, fromB, toB) => {
    const merged = mergeSketches(sketchOf(fromA, toA), sketchOf(fromB, toB));
    expect(merged).toEqual(sketchOf(Math.min(fromA, fromB), Math.max(toA, toB)));
  });

  test('holds only what an INTEGER can', () => {
    for (const sketch of [sketchOf(0, 100), sketchOf(0, 2000)])
      expect(sketch.every((word) => (word | 0) === word)).toBe(true);
  });
});
