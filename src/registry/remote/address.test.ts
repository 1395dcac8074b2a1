import { expect, test } from 'vitest';
import { registryAddress } from './address.ts';

const url = 'ksql.schema.registry.url';

test('without a url there is no remote registry', () => {
  expect(registryAddress({})).toBe(null);
  expect(registryAddress({ [url]: ' ' })).toBe(null);
});

test('several addresses are separated by commas, and credentials are kept out of them', () => {
  expect(registryAddress({ [url]: 'http://me:s%40crét@a:8081/, https://b/registry' })).toEqual({
    urls: ['http://a:8081', 'https://b/registry'],
    authorization: 'Basic bWU6c0BjcsOpdA==',
  });
});

test('credentials can be a property of their own', () => {
  const user = { 'ksql.schema.registry.basic.auth.user.info': 'me:secret' };
  expect(registryAddress({ [url]: 'http://a', ...user })?.authorization).toBe('Basic bWU6c2VjcmV0');
});

test.each(['somewhere', 'mock://x', 'file:///etc'])('%s is no address', (text) => {
  expect(() => registryAddress({ [url]: text })).toThrow(
    'Invalid value for configuration ksql.schema.registry.url',
  );
});
