/** The shapes of documents that the JSON format is measured on. Each document is a function of its number. */
import type { Field, SqlType } from '../../src/types/type.ts';

export interface DocumentShape {
  readonly name: string;
  readonly columns: readonly Field[];
  /** The document as an object, its properties in the order of the columns. */
  readonly document: (index: number) => Record<string, unknown>;
}

type Name = 'INTEGER' | 'BIGINT' | 'DOUBLE' | 'STRING' | 'BOOLEAN' | 'TIMESTAMP';

function column(name: string, type: Name | SqlType): Field {
  return { name, type: typeof type === 'string' ? { kind: type } : type };
}

/** `count` columns of one type: NAME_0, NAME_1 … */
function columns(name: string, count: number, type: Name): readonly Field[] {
  return Array.from({ length: count }, (_, i) => column(`${name}_${i}`, type));
}

const REGIONS = ['EU', 'US', 'APAC', 'LATAM'];
const CITIES = ['Berlin', 'Zürich', 'São Paulo', 'New York', 'Kraków', 'Tokyo'];
const STATES = ['created', 'paid', 'packed', 'shipped', 'delivered', 'returned'];
const WORDS =
  'the query reads every record of its topic once and keeps what later ones will need of it'.split(
    ' ',
  );

/** A sentence of `count` words. */
function sentence(index: number, count: number): string {
  return Array.from({ length: count }, (_, i) => WORDS[(index * 7 + i * 5) % WORDS.length]).join(
    ' ',
  );
}

/** Five columns and about 106 bytes, in the order in which they come; names in small letters. */
const orders: DocumentShape = {
  name: 'flat small',
  columns: [
    column('ORDER_ID', 'BIGINT'),
    column('CUSTOMER', 'STRING'),
    column('REGION', 'STRING'),
    column('AMOUNT', 'DOUBLE'),
    column('ORDERED_AT', 'TIMESTAMP'),
  ],
  document: (i) => ({
    order_id: 1_000_000 + i * 7,
    customer: `customer-${(i * 7919) % 100_000}`,
    region: REGIONS[i % 4],
    amount: ((i * 7907) % 100_000) / 100,
    ordered_at: 1_700_000_000_000 + i * 13,
  }),
};

/** Twenty columns of the primitive types, some NULL. */
const shipments: DocumentShape = {
  name: 'flat wide',
  columns: [
    column('ID', 'BIGINT'),
    column('TRACKING_CODE', 'STRING'),
    column('STATE', 'STRING'),
    column('ORIGIN', 'STRING'),
    column('DESTINATION', 'STRING'),
    column('CARRIER', 'STRING'),
    column('SERVICE_LEVEL', 'STRING'),
    column('RECIPIENT', 'STRING'),
    column('PARCELS', 'INTEGER'),
    column('WEIGHT', 'DOUBLE'),
    column('VOLUME', 'DOUBLE'),
    column('PRICE', 'DOUBLE'),
    column('CURRENCY', 'STRING'),
    column('INSURED', 'BOOLEAN'),
    column('FRAGILE', 'BOOLEAN'),
    column('PRIORITY', 'INTEGER'),
    column('CREATED_AT', 'TIMESTAMP'),
    column('UPDATED_AT', 'TIMESTAMP'),
    column('DELIVERED_AT', 'TIMESTAMP'),
    column('COMMENT', 'STRING'),
  ],
  document: (i) => ({
    ID: 40_000_000 + i,
    TRACKING_CODE: `1Z${(i * 104_729) % 1_000_000}X${(i * 7919) % 10_000}`,
    STATE: STATES[i % 6],
    ORIGIN: REGIONS[i % 4],
    DESTINATION: REGIONS[(i + 1) % 4],
    CARRIER: 'carrier',
    SERVICE_LEVEL: i % 3 === 0 ? 'express' : 'standard',
    RECIPIENT: `recipient ${(i * 7919) % 100_000}`,
    PARCELS: (i % 5) + 1,
    WEIGHT: ((i * 37) % 5000) / 100,
    VOLUME: ((i * 91) % 1000) / 1000,
    PRICE: ((i * 7907) % 100_000) / 100,
    CURRENCY: 'EUR',
    INSURED: i % 2 === 0,
    FRAGILE: i % 7 === 0,
    PRIORITY: i % 10,
    CREATED_AT: 1_700_000_000_000 + i * 13,
    UPDATED_AT: 1_700_000_900_000 + i * 17,
    DELIVERED_AT: i % 3 === 0 ? null : 1_700_100_000_000 + i * 19,
    COMMENT: i % 4 === 0 ? sentence(i, 6) : null,
  }),
};

/** Sixteen columns of many types, with nested values and text outside ASCII. */
const events: DocumentShape = {
  name: 'wide nested',
  columns: [
    ...columns('TEXT', 4, 'STRING'),
    ...columns('COUNT', 4, 'INTEGER'),
    ...columns('MEASURE', 3, 'DOUBLE'),
    column('OK', 'BOOLEAN'),
    column('SEQUENCE', 'BIGINT'),
    column('CITY', 'STRING'),
    column('TAGS', { kind: 'ARRAY', element: { kind: 'STRING' } }),
    column('POSITION', {
      kind: 'STRUCT',
      fields: [column('LAT', 'DOUBLE'), column('LON', 'DOUBLE')],
    }),
  ],
  document: (i) => ({
    TEXT_0: `some text ${i}`,
    TEXT_1: 'constant',
    TEXT_2: `a longer text that says "${i}" in quotes`,
    TEXT_3: 'x'.repeat(i % 60),
    COUNT_0: i,
    COUNT_1: -i,
    COUNT_2: i % 10,
    COUNT_3: i * 1000,
    MEASURE_0: i / 10,
    MEASURE_1: Math.sin(i),
    MEASURE_2: i * 1e6,
    OK: i % 2 === 0,
    SEQUENCE: i * 1_000_003,
    CITY: CITIES[i % 6],
    TAGS: ['a', `tag-${i % 50}`],
    POSITION: { LAT: ((i * 37) % 18_000) / 100 - 90, LON: ((i * 91) % 36_000) / 100 - 180 },
  }),
};

/** Objects in arrays in objects, and maps; what is nested outweighs what is not. */
const carts: DocumentShape = {
  name: 'deep nested',
  columns: [
    column('CART_ID', 'BIGINT'),
    column('CUSTOMER', {
      kind: 'STRUCT',
      fields: [
        column('NAME', 'STRING'),
        column('ADDRESS', {
          kind: 'STRUCT',
          fields: [
            column('STREET', 'STRING'),
            column('CITY', 'STRING'),
            column('POSTCODE', 'STRING'),
          ],
        }),
      ],
    }),
    column('ITEMS', {
      kind: 'ARRAY',
      element: {
        kind: 'STRUCT',
        fields: [column('SKU', 'STRING'), column('QUANTITY', 'INTEGER'), column('PRICE', 'DOUBLE')],
      },
    }),
    column('ATTRIBUTES', { kind: 'MAP', key: { kind: 'STRING' }, value: { kind: 'STRING' } }),
    column('TOTAL', 'DOUBLE'),
  ],
  document: (i) => ({
    CART_ID: 9_000_000 + i,
    CUSTOMER: {
      NAME: `customer ${(i * 7919) % 100_000}`,
      ADDRESS: { STREET: `${i % 200} Main Street`, CITY: CITIES[i % 6], POSTCODE: `${10_000 + i}` },
    },
    ITEMS: Array.from({ length: 1 + (i % 4) }, (_, j) => ({
      SKU: `sku-${(i * 31 + j) % 5000}`,
      QUANTITY: 1 + ((i + j) % 9),
      PRICE: ((i * 7907 + j) % 10_000) / 100,
    })),
    ATTRIBUTES: { channel: i % 2 === 0 ? 'web' : 'app', campaign: `campaign-${i % 20}` },
    TOTAL: ((i * 104_729) % 100_000) / 100,
  }),
};

/** Mostly text: sentences, some with escapes or outside ASCII, the longest of 500 characters. */
const articles: DocumentShape = {
  name: 'text-heavy',
  columns: [
    column('ARTICLE_ID', 'STRING'),
    column('TITLE', 'STRING'),
    column('AUTHOR', 'STRING'),
    column('SUMMARY', 'STRING'),
    column('PLACE', 'STRING'),
    column('BODY', 'STRING'),
    column('COMMENT', 'STRING'),
    column('URL', 'STRING'),
  ],
  document: (i) => ({
    ARTICLE_ID: `article-${i}`,
    TITLE: sentence(i, 6),
    AUTHOR: `author number ${i % 300}`,
    SUMMARY: sentence(i + 1, 25),
    PLACE: CITIES[i % 6],
    BODY: sentence(i + 2, 60 + (i % 40)),
    COMMENT: `${sentence(i + 3, 8)}\n"${sentence(i + 4, 4)}"`,
    URL: `https://news.example/archive/${2000 + (i % 25)}/article-${i}`,
  }),
};

/** Numbers only: counters, large integers, prices and computed measures. */
const readings: DocumentShape = {
  name: 'number-heavy',
  columns: [
    column('SENSOR', 'INTEGER'),
    column('TAKEN_AT', 'TIMESTAMP'),
    column('SEQUENCE', 'BIGINT'),
    ...columns('COUNTER', 4, 'INTEGER'),
    ...columns('TOTAL', 2, 'BIGINT'),
    ...columns('PRICE', 3, 'DOUBLE'),
    ...columns('MEASURE', 4, 'DOUBLE'),
  ],
  document: (i) => ({
    SENSOR: i % 500,
    TAKEN_AT: 1_700_000_000_000 + i * 13,
    SEQUENCE: i * 1_000_003,
    COUNTER_0: i,
    COUNTER_1: -i * 3,
    COUNTER_2: (i * 7919) % 1_000_000,
    COUNTER_3: i % 10,
    TOTAL_0: i * 12_345,
    TOTAL_1: 4_000_000_000 + i * 104_729,
    PRICE_0: ((i * 7907) % 100_000) / 100,
    PRICE_1: ((i * 37) % 5000) / 100 - 10,
    PRICE_2: (i % 1000) / 10,
    MEASURE_0: Math.sin(i),
    MEASURE_1: ((i * 37) % 360_000) / 1000,
    MEASURE_2: Math.sqrt(i) * 1000,
    MEASURE_3: ((i * 91) % 10_000) / 1e6,
  }),
};

export const DOCUMENT_SHAPES: readonly DocumentShape[] = [
  orders,
  shipments,
  events,
  carts,
  articles,
  readings,
];
