/** WINDOW (spec §9). */
import type { Duration, Window } from '../ast.ts';
import { alt, type Dsl, guarded, isAhead, type Rule } from '../dsl.ts';
import * as t from '../tokens.ts';
import type { NameRules } from './names.ts';

interface Retained {
  readonly retention: Duration | null;
  readonly grace: Duration | null;
}

export function windowRule($: Dsl, { duration }: NameRules): Rule<Window> {
  const retained = retainedRule($, duration);

  const tumbling = $.RULE('tumblingWindow', (): Window => {
    const start = $.start();
    $.consume(0, t.keyword('TUMBLING'));
    $.consume(0, t.LeftParen);
    $.consume(0, t.keyword('SIZE'));
    const size = $.subrule(0, duration);
    const { retention, grace } = $.subrule(0, retained);
    $.consume(0, t.RightParen);
    return { kind: 'tumbling', size, retention, grace, span: $.spanFrom(start) };
  });
  const hopping = $.RULE('hoppingWindow', (): Window => {
    const start = $.start();
    $.consume(0, t.keyword('HOPPING'));
    $.consume(0, t.LeftParen);
    $.consume(0, t.keyword('SIZE'));
    const size = $.subrule(0, duration);
    $.consume(0, t.Comma);
    $.consume(0, t.keyword('ADVANCE'));
    $.consume(0, t.keyword('BY'));
    const advance = $.subrule(1, duration);
    const { retention, grace } = $.subrule(0, retained);
    $.consume(0, t.RightParen);
    return { kind: 'hopping', size, advance, retention, grace, span: $.spanFrom(start) };
  });
  const session = $.RULE('sessionWindow', (): Window => {
    const start = $.start();
    $.consume(0, t.keyword('SESSION'));
    $.consume(0, t.LeftParen);
    const gap = $.subrule(0, duration);
    const { retention, grace } = $.subrule(0, retained);
    $.consume(0, t.RightParen);
    return { kind: 'session', gap, retention, grace, span: $.spanFrom(start) };
  });

  return $.RULE('window', (): Window => {
    // A name that means nothing, accepted since ksqlDB accepts it.
    $.option(0, () => $.consume(0, t.PlainIdentifier));
    return $.or(0, [
      alt(() => $.subrule(0, tumbling)),
      alt(() => $.subrule(0, hopping)),
      alt(() => $.subrule(0, session)),
    ]);
  });
}

/** `[, RETENTION duration] [, GRACE PERIOD duration]`. */
function retainedRule($: Dsl, duration: Rule<Duration>): Rule<Retained> {
  return $.RULE('windowRetention', (): Retained => {
    const retention = $.option(
      0,
      guarded(
        () => isAhead($, 2, t.keyword('RETENTION')),
        () => {
          $.consume(0, t.Comma);
          $.consume(0, t.keyword('RETENTION'));
          return $.subrule(0, duration);
        },
      ),
    );
    const grace = $.option(1, () => {
      $.consume(1, t.Comma);
      $.consume(1, t.keyword('GRACE'));
      $.consume(1, t.keyword('PERIOD'));
      return $.subrule(1, duration);
    });
    return { retention: retention ?? null, grace: grace ?? null };
  });
}
