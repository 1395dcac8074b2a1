/** Which characters of SQL text are what, for colours. */
import { scan } from '../../../grammar/scan.ts';
import * as t from '../../../grammar/tokens.ts';
import type { Color } from '../output/color.ts';
import type { Styled } from './layout.ts';
import { coloredInputMax } from './limits.ts';

export type SqlStyle = 'keyword' | 'string' | 'number' | 'name' | 'comment';

export const styleColors: Readonly<Record<SqlStyle, Color>> = {
  keyword: 'cyan',
  string: 'green',
  number: 'yellow',
  name: 'magenta',
  comment: 'gray',
};

/** In order and without overlaps; plain text has no entry. */
export function highlight(sql: string): readonly Styled<SqlStyle>[] {
  if (sql.length > coloredInputMax) return [];
  const comments: Styled<SqlStyle>[] = [];
  const tokens = scan(sql, (start, end) => comments.push({ start, end, style: 'comment' }));
  const styled = tokens.flatMap(({ tokenType, startOffset, image }): Styled<SqlStyle>[] => {
    const style = styleOf(tokenType, image);
    return style === null ? [] : [{ start: startOffset, end: startOffset + image.length, style }];
  });
  return [...styled, ...comments].sort((a, b) => a.start - b.start);
}

function styleOf(type: unknown, image: string): SqlStyle | null {
  switch (type) {
    case t.StringValue:
      return 'string';
    case t.Unterminated:
      return image.startsWith('/*') ? 'comment' : 'string';
    case t.IntegerValue:
    case t.DecimalValue:
    case t.FloatValue:
      return 'number';
    case t.QuotedIdentifier:
    case t.BackquotedIdentifier:
      return 'name';
    default:
      return t.keywords.has(image.toUpperCase()) ? 'keyword' : null;
  }
}
