import { expect, test } from 'vitest';
import { Emitter, generate } from './generate.ts';

test('constants reach the code by closure, equal ones once', () => {
  const emitter = new Emitter();
  const text = "'; alert(1) //";
  const first = emitter.constant(text);
  expect(emitter.constant(text)).toBe(first);
  emitter.line(`return ${first}+a;`);
  expect(emitter.compile<(a: string) => string>(['a'])('!')).toBe("'; alert(1) //!");
});

test('text outside the alphabet of generated code is refused', () => {
  for (const text of [
    'return `x`',
    'return "\\u0041"',
    'return "ü"',
    'return a@b',
    'return "\u2028"',
  ]) {
    expect(() => generate(text, [])).toThrow('generated code to hold no text of a user');
  }
});

test('lines are captured without being kept', () => {
  const emitter = new Emitter();
  const captured = emitter.capture(() => emitter.line('throw 1;'));
  emitter.line('return 2;');
  expect(captured).toBe('throw 1;');
  expect(emitter.compile<() => number>([])()).toBe(2);
});
