/** The records of ksqlDB's data generator: orders, users, pageviews and ratings, from a seed (spec: cli.md §8.1). */

/** In [0, 1); the same seed gives the same sequence (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export interface Generator {
  /** Columns as in CREATE; the key column first, without KEY or PRIMARY KEY. */
  readonly columns: string;
  readonly collection: 'STREAM' | 'TABLE';
  readonly key: string;
  next(index: number, random: () => number, now: number): Readonly<Record<string, unknown>>;
}

const registeredFrom = 1_487_715_775_521;
const registeredUntil = 1_519_273_364_600;

function between(random: () => number, from: number, until: number): number {
  return from + Math.floor(random() * (until - from));
}

function pick<T>(random: () => number, of: readonly T[]): T {
  return of[Math.floor(random() * of.length)] as T;
}

/** `prefix` and at most `digits` digits from 1 to 9. */
function numbered(random: () => number, prefix: string, digits: number): string {
  let name = prefix;
  for (let count = between(random, 0, digits + 1); count > 0; count--)
    name += between(random, 1, 10);
  return name;
}

const comments: readonly string[] = [
  'Exceeded all my expectations',
  'The seat could be wider',
  'Thank you for the most friendly, helpful experience today',
  'Your team here rocks!',
  'Meh',
  'Is this as good as it gets?',
  'Worst. Flight. Ever.',
];

export const generators: Readonly<Record<string, Generator>> = {
  orders: {
    columns:
      'orderid INT, ordertime BIGINT, itemid STRING, orderunits DOUBLE, address STRUCT<city STRING, state STRING, zipcode BIGINT>',
    collection: 'STREAM',
    key: 'orderid',
    next: (index, random) => ({
      orderid: index,
      ordertime: between(random, registeredFrom, registeredUntil),
      itemid: `Item_${between(random, 1, 1000)}`,
      orderunits: 0.1 + random() * 9.9,
      address: {
        city: numbered(random, 'City_', 2),
        state: numbered(random, 'State_', 2),
        zipcode: between(random, 10_000, 99_999),
      },
    }),
  },
  users: {
    columns: 'userid STRING, registertime BIGINT, regionid STRING, gender STRING',
    collection: 'TABLE',
    key: 'userid',
    next: (_, random) => ({
      userid: numbered(random, 'User_', 1),
      registertime: between(random, registeredFrom, registeredUntil),
      regionid: numbered(random, 'Region_', 1),
      gender: pick(random, ['MALE', 'FEMALE', 'OTHER']),
    }),
  },
  pageviews: {
    columns: 'viewtime BIGINT, userid STRING, pageid STRING',
    collection: 'STREAM',
    key: 'viewtime',
    next: (_, random, now) => ({
      viewtime: now,
      userid: numbered(random, 'User_', 1),
      pageid: `Page_${between(random, 1, 100)}`,
    }),
  },
  ratings: {
    columns:
      'rating_id BIGINT, user_id INT, stars INT, route_id INT, rating_time BIGINT, channel STRING, message STRING',
    collection: 'STREAM',
    key: 'rating_id',
    next: (index, random, now) => ({
      rating_id: index + 1,
      user_id: between(random, -1, 20),
      stars: between(random, 1, 5),
      route_id: between(random, 1, 9999),
      rating_time: now,
      channel: pick(random, ['web', 'iOS', 'ios', 'iOS-test', 'android']),
      message: pick(random, comments),
    }),
  },
};

/** The statement that declares a generator's stream or table over a topic. */
export function createStatement(
  generator: Generator,
  name: string,
  topic: string,
  partitions: number,
): string {
  const marker = generator.collection === 'TABLE' ? 'PRIMARY KEY' : 'KEY';
  const [first = '', ...rest] = generator.columns.split(/, (?=[a-z_]+ [A-Z])/);
  const columns = [`${first} ${marker}`, ...rest].join(', ');
  return `CREATE ${generator.collection} IF NOT EXISTS ${name} (${columns}) WITH (kafka_topic = '${topic}', value_format = 'JSON', partitions = ${partitions});`;
}
