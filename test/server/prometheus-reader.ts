/** Prometheus's text format 0.0.4 read strictly: whatever its grammar does not have is thrown. */

export interface Family {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const helpLine = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/;
const typeLine = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$/;
const sampleLine =
  /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (NaN|[+-]Inf|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;
const label = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,(?=.)|$)/;

/** Families by name. Help and type come first and once, samples of a family together and each once. */
export function readPrometheus(page: string): ReadonlyMap<string, Family> {
  if (!page.endsWith('\n')) throw new Error('the last line has no end');
  const lines = page.slice(0, -1).split('\n');
  const families = new Map<string, Family>();
  const seen = new Set<string>();
  for (let at = 0; at < lines.length; ) {
    const [, name = '', help = ''] = helpLine.exec(lines[at] as string) ?? fail(lines[at]);
    const [, typed, type = ''] = typeLine.exec(lines[at + 1] ?? '') ?? fail(lines[at + 1]);
    if (typed !== name || families.has(name)) throw new Error(`family ${name} is told twice`);
    const samples: Sample[] = [];
    for (at += 2; at < lines.length && !(lines[at] as string).startsWith('#'); at++) {
      const line = lines[at] as string;
      const sample = readSample(line);
      const base =
        type === 'histogram' ? sample.name.replace(/_(?:bucket|sum|count)$/, '') : sample.name;
      if (base !== name) throw new Error(`${line} is not of family ${name}`);
      const series = line.slice(0, line.lastIndexOf(' '));
      if (seen.has(series)) throw new Error(`${series} comes twice`);
      seen.add(series);
      samples.push(sample);
    }
    if (type === 'histogram') checkBuckets(name, samples);
    families.set(name, { type, help, samples });
  }
  return families;
}

/** Sum of the samples of a family that have these labels. */
export function sumOf(
  families: ReadonlyMap<string, Family>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const samples = families.get(name)?.samples ?? [];
  return samples
    .filter((sample) =>
      Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
    )
    .reduce((sum, { value }) => sum + value, 0);
}

function readSample(line: string): Sample {
  const [, name = '', inBraces = '', text = ''] = sampleLine.exec(line) ?? fail(line);
  const labels: Record<string, string> = {};
  for (let rest = inBraces; rest !== ''; ) {
    const [all, key = '', value = ''] = label.exec(rest) ?? fail(line);
    if (key in labels) throw new Error(`${line} has label ${key} twice`);
    labels[key] = value;
    rest = rest.slice(all.length);
  }
  return { name, labels, value: Number(text.replace('Inf', 'Infinity')) };
}

/** Per set of labels: buckets grow with their bound, and the one without end is the count. */
function checkBuckets(name: string, samples: readonly Sample[]): void {
  const last = new Map<string, { bound: number; count: number }>();
  for (const { name: series, labels, value } of samples) {
    const { le, ...others } = labels;
    const key = JSON.stringify(others);
    const before = last.get(key) ?? { bound: Number.NEGATIVE_INFINITY, count: 0 };
    if (series === `${name}_bucket`) {
      const bound = Number(String(le).replace('Inf', 'Infinity'));
      if (!(bound > before.bound) || value < before.count) throw new Error(`${name} ${key} falls`);
      last.set(key, { bound, count: value });
    } else if (series === `${name}_count`) {
      if (before.bound !== Number.POSITIVE_INFINITY || before.count !== value)
        throw new Error(`${name} ${key}: the last bucket is not the count`);
    }
  }
}

function fail(line: string | undefined): never {
  throw new Error(`no line of the format: ${line}`);
}
