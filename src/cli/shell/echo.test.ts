import { expect, test } from 'vitest';
import { echoText } from './echo.ts';

test('input stays as it was entered, line under line', () => {
  expect(echoText("select *\nfrom s where a = 'x\ny';", false)).toBe(
    "leat> select *\n    > from s where a = 'x\n    > y';\n",
  );
});

test('in colours where those are wanted', () => {
  const prompt = (text: string) => `\u001b[1m\u001b[34m${text}\u001b[39m\u001b[22m`;
  expect(echoText("select 'a\nb'", true)).toBe(
    `${prompt('leat> ')}\u001b[36mselect\u001b[39m \u001b[32m'a\u001b[39m\n${prompt('    > ')}\u001b[32mb'\u001b[39m\n`,
  );
});

test('control characters are escaped', () => {
  expect(echoText('a\u001b[2J', true)).toContain('a\\u001b[2J\n');
});
