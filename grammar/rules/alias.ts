/** `[AS] name` behind a select item or a source. */
import type { Identifier } from '../ast.ts';
import { type Dsl, guarded, isAhead, type Rule } from '../dsl.ts';
import * as t from '../tokens.ts';
import type { NameRules } from './names.ts';

export function aliasRule($: Dsl, { identifier }: NameRules): Rule<Identifier | null> {
  return $.RULE('alias', (): Identifier | null => {
    return (
      $.option(
        0,
        guarded(
          () => isAliasAhead($),
          () => {
            $.option(1, () => $.consume(0, t.keyword('AS')));
            return $.subrule(0, identifier);
          },
        ),
      ) ?? null
    );
  });
}

/** EMIT and PARTITION are names too, unless what follows them makes them the next clause. */
function isAliasAhead($: Dsl): boolean {
  if (isAhead($, 1, t.keyword('EMIT'))) {
    return !(isAhead($, 2, t.keyword('CHANGES')) || isAhead($, 2, t.keyword('FINAL')));
  }
  return !(isAhead($, 1, t.keyword('PARTITION')) && isAhead($, 2, t.keyword('BY')));
}
