import type { ScalarDef } from '../../define.ts';
import { scalar, strict } from '../scalar.ts';
import { formDecode, formEncode } from './percent.ts';
import { type Uri, parseUri } from './uri.ts';

function extract(
  part: 'FRAGMENT' | 'HOST' | 'PATH' | 'PORT' | 'PROTOCOL' | 'QUERY',
  doc: string,
  result: 'STRING' | 'INTEGER',
  read: (uri: Uri) => string | number | null,
  example: string,
): ScalarDef {
  const name = `URL_EXTRACT_${part}`;
  const url = 'https://user@example.com:8080/a%20b?x=1&y#top';
  return scalar({
    name,
    category: 'URL',
    doc,
    examples: [[`${name.toLowerCase()}('${url}')`, example]],
    overloads: [strict(`(STRING url) -> ${result}`, (text: string) => read(parseUri(text)))],
  });
}

function parameter(url: string, name: string): string | null {
  const query = parseUri(url).query;
  if (query === null) return null;
  for (const pair of query.split('&')) {
    const [key, value = ''] = pair.split(/=(.*)/s, 2);
    if (key === name) return value;
  }
  return null;
}

/** URL_EXTRACT_PARAMETER. */
const urlExtractParameter: ScalarDef = scalar({
  name: 'URL_EXTRACT_PARAMETER',
  category: 'URL',
  doc: 'The value of the first query parameter of a name; empty if it stands without a value, NULL if it is absent.',
  examples: [
    ["url_extract_parameter('http://example.com/?one=a%20b&two', 'one')", 'a b'],
    ["url_extract_parameter('http://example.com/?one=a&two', 'two')", ''],
    ["url_extract_parameter('http://example.com/', 'one')", 'null'],
  ],
  overloads: [strict('(STRING url, STRING name) -> STRING', parameter)],
});

const urlEncodeParam: ScalarDef = scalar({
  name: 'URL_ENCODE_PARAM',
  category: 'URL',
  doc: 'A text encoded as the value of a query parameter.',
  examples: [["url_encode_param('a b&ü')", 'a+b%26%C3%BC']],
  overloads: [strict('(STRING text) -> STRING', formEncode)],
});

const urlDecodeParam: ScalarDef = scalar({
  name: 'URL_DECODE_PARAM',
  category: 'URL',
  doc: 'The text that a query parameter encodes.',
  examples: [["url_decode_param('a+b%26%C3%BC')", 'a b&ü']],
  overloads: [strict('(STRING text) -> STRING', formDecode)],
});

/** The functions over URLs, in alphabetical order. */
export const urlFunctions: readonly ScalarDef[] = [
  urlDecodeParam,
  urlEncodeParam,
  extract('FRAGMENT', 'The part of a URL after #.', 'STRING', (uri) => uri.fragment, 'top'),
  extract('HOST', 'The host of a URL.', 'STRING', (uri) => uri.host, 'example.com'),
  urlExtractParameter,
  extract('PATH', 'The path of a URL, decoded.', 'STRING', (uri) => uri.path, '/a b'),
  extract('PORT', 'The port of a URL.', 'INTEGER', (uri) => uri.port, '8080'),
  extract('PROTOCOL', 'The scheme of a URL.', 'STRING', (uri) => uri.scheme, 'https'),
  extract('QUERY', 'The query of a URL without ?.', 'STRING', (uri) => uri.query, 'x=1&y'),
];
