/** Every property with its value, where that came from, its default and its meaning: what `leat config` shows. */
import { propertyMeanings, reasonWithoutEffect } from '../../sql/property-meaning-table.ts';
import { propertyTable } from '../../sql/property-table.ts';
import type { Settings } from './effective.ts';
import { leatTable } from './leat-table.ts';

export interface PropertyLine {
  readonly name: string;
  /** null: none; of passwords only that there is one. */
  readonly value: string | null;
  readonly source: string;
  readonly default: string | null;
  readonly type: string;
  readonly meaning: string;
}

const hidden = '******';
/** Values that nobody should see over a shoulder, also of properties that the table does not have. */
const secret = /password|secret|credential|jaas|\.key$/i;

/** In the order of the tables; then what is set beyond them. A filter keeps lines that hold it in their name or meaning. */
export function propertyLines(settings: Settings, filter = ''): readonly PropertyLine[] {
  const known: PropertyLine[] = [
    ...leatTable.map(({ name, type, default: fallback, meaning }) =>
      line(settings, { name, type, default: fallback, meaning }),
    ),
    ...propertyTable.map(({ name, type, default: fallback, family }) =>
      line(settings, {
        name: family === 'streams' ? `ksql.streams.${name}` : name,
        type,
        default: fallback,
        meaning: propertyMeanings[name] ?? reasonWithoutEffect(name),
      }),
    ),
  ];
  const names = new Set(known.flatMap(({ name }) => [name, name.replace(/^ksql\.streams\./, '')]));
  const others = [...settings.keys()]
    .filter((name) => !names.has(name))
    .map((name) =>
      line(settings, { name, type: 'string', default: null, meaning: 'Handed on as it is.' }),
    );
  const wanted = filter.toLowerCase();
  return [...known, ...others].filter(({ name, meaning }) =>
    `${name} ${meaning}`.toLowerCase().includes(wanted),
  );
}

type Known = Omit<PropertyLine, 'value' | 'source'>;

function line(settings: Settings, known: Known): PropertyLine {
  const bare = known.name.replace(/^ksql\.streams\./, '');
  const setting = settings.get(known.name) ?? settings.get(bare);
  if (setting === undefined) return { ...known, value: known.default, source: 'default' };
  const isSecret =
    known.type === 'password' ||
    (known.name !== 'leat.tls.key' &&
      known.name !== 'leat.jwt.public.key' &&
      secret.test(known.name));
  return { ...known, value: isSecret ? hidden : setting.value, source: setting.source };
}
