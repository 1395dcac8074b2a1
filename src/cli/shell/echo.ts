/** Input as it stays on the screen once it was submitted: like it looked in the prompt, but wrapped by the terminal. */
import { type Color, colored } from '../output/color.ts';
import { printable } from '../output/printable.ts';
import { highlight, styleColors } from './highlight.ts';
import { promptText } from './prompt.ts';

const continuation = '> '.padStart(promptText.length);

/** Ends with a line break. */
export function echoText(text: string, isColorful: boolean): string {
  const pieces: string[] = [promptPiece(promptText, isColorful)];
  const put = (piece: string, color: Color | null) => {
    for (const [index, line] of printable(piece).split('\n').entries()) {
      if (index > 0) pieces.push('\n', promptPiece(continuation, isColorful));
      if (line !== '') pieces.push(color === null ? line : colored(line, color));
    }
  };
  let at = 0;
  for (const { start, end, style } of isColorful ? highlight(text) : []) {
    put(text.slice(at, start), null);
    put(text.slice(start, end), styleColors[style]);
    at = end;
  }
  put(text.slice(at), null);
  return `${pieces.join('')}\n`;
}

function promptPiece(text: string, isColorful: boolean): string {
  return isColorful ? `\u001b[1m${colored(text, 'blue')}\u001b[22m` : text;
}
