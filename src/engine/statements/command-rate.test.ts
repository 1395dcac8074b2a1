import { expect, test } from 'vitest';
import { CommandRate } from './command-rate.ts';

const message = 'DDL/DML rate is crossing the configured rate limit of statements/second';

test('commands come as fast as they are allowed to', () => {
  const rate = new CommandRate();
  const properties = { 'ksql.server.command.topic.rate.limit': '0.5' };
  rate.admit(properties, 1_000);
  expect(() => rate.admit(properties, 2_999)).toThrow(message);
  rate.admit(properties, 3_000);
  expect(() => rate.admit(properties, 3_001)).toThrow(message);
});

test('after a pause as many come at once as a second has', () => {
  const rate = new CommandRate();
  const properties = { 'ksql.server.command.topic.rate.limit': '3' };
  rate.admit(properties, 0);
  for (let count = 0; count < 3; count++) rate.admit(properties, 60_000);
  expect(() => rate.admit(properties, 60_000)).toThrow(message);
});

test('without a limit nothing is counted', () => {
  const rate = new CommandRate();
  for (let count = 0; count < 1_000; count++) rate.admit({}, 0);
  expect(() => rate.admit({ 'ksql.server.command.topic.rate.limit': '1' }, 0)).not.toThrow();
});
