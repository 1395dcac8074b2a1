import { describe, expect, it } from 'vitest';
import { resultOf } from '../call-in-test.ts';

const part = (name: string, url: string): unknown =>
  resultOf(`URL_EXTRACT_${name}`, ['STRING'], url);

describe('the parts of a URL', () => {
  it.each([
    ['http://www.test.com/?query#fragment', 'http', 'www.test.com', null, '/', 'query', 'fragment'],
    ['http://test@confluent.io:8080', 'http', 'confluent.io', 8080, '', null, null],
    ['www.confluent.io', null, null, null, 'www.confluent.io', null, null],
    ['http://h?q1&q2', 'http', 'h', null, '', 'q1&q2', null],
    ['mailto:joe@example.com#x', 'mailto', null, null, null, null, 'x'],
    ['file:///a/b', 'file', null, null, '/a/b', null, null],
    ['//host/p', null, 'host', null, '/p', null, null],
    ['http://a_b.com:80/x', 'http', null, null, '/x', null, null],
    ['http://[::1]:80/x', 'http', '[::1]', 80, '/x', null, null],
    ['http://1.2.3.4:1/', 'http', '1.2.3.4', 1, '/', null, null],
    ['http://1.2.3/', 'http', null, null, '/', null, null],
    ['http://host:/p', 'http', 'host', null, '/p', null, null],
    ['http://h/a%20%C3%BC%ff?%26#%23', 'http', 'h', null, '/a ü\ufffd', '&', '#'],
    ['http://h/ü', 'http', 'h', null, '/ü', null, null],
    ['', null, null, null, '', null, null],
  ])('%s', (url, protocol, host, port, path, query, fragment) => {
    expect(part('PROTOCOL', url)).toBe(protocol);
    expect(part('HOST', url)).toBe(host);
    expect(part('PORT', url)).toBe(port);
    expect(part('PATH', url)).toBe(path);
    expect(part('QUERY', url)).toBe(query);
    expect(part('FRAGMENT', url)).toBe(fragment);
  });

  it.each([
    'http://',
    'a b',
    'http://h/%zz',
    'a:',
    ':a',
    '1a:b',
    'http://h/<x>',
    'http://h/#a#b',
    'http://[::1/',
    'http://[1:2]/',
    'http://h/\u0080',
  ])('refuses %j', (url) => {
    expect(() => part('PATH', url)).toThrow('URL input has invalid syntax: ');
  });

  it('gives NULL for NULL', () => {
    expect(resultOf('URL_EXTRACT_HOST', ['STRING'], null)).toBe(null);
  });
});

describe('URL_EXTRACT_PARAMETER', () => {
  it.each([
    ['http://h/?a=1&b=2&a=3', 'a', '1'],
    ['http://h/?a&b=', 'a', ''],
    ['http://h/?a&b=', 'b', ''],
    ['http://h/?a=x=y', 'a', 'x=y'],
    ['http://h/?a=1', 'A', null],
    ['http://h/', 'a', null],
    ['http://h/?one%20two=%C3%BC', 'one two', 'ü'],
  ])('%s %s is %j', (url, name, expected) => {
    expect(resultOf('URL_EXTRACT_PARAMETER', ['STRING', 'STRING'], url, name)).toBe(expected);
  });
});

describe('URL_ENCODE_PARAM and URL_DECODE_PARAM', () => {
  it('encode as forms do', () => {
    expect(resultOf('URL_ENCODE_PARAM', ['STRING'], "aZ09-_.*~!'() +%ü😀\ud800")).toBe(
      'aZ09-_.*%7E%21%27%28%29+%2B%25%C3%BC%F0%9F%98%80%3F',
    );
    expect(resultOf('URL_DECODE_PARAM', ['STRING'], 'a+b%2B%c3%bc%F0%9F%98%80%FF')).toBe(
      'a b+ü😀\ufffd',
    );
  });

  it.each(['%', '%2', '%zz', 'a%2'])('refuse the escape in %s', (text) => {
    expect(() => resultOf('URL_DECODE_PARAM', ['STRING'], text)).toThrow('Illegal hex characters');
  });
});
