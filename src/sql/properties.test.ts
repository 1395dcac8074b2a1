import { describe, expect, it } from 'vitest';
import {
  canonicalProperties,
  checkOverrides,
  isEnabled,
  isKnownProperty,
  propertyValue,
} from './properties.ts';

describe('properties', () => {
  it('are found under both names, by default where unset', () => {
    expect(
      propertyValue({ 'ksql.streams.auto.offset.reset': 'earliest' }, 'auto.offset.reset'),
    ).toBe('earliest');
    expect(propertyValue({}, 'auto.offset.reset')).toBe('latest');
    expect(propertyValue({}, 'ksql.persistence.default.format.value')).toBe(undefined);
  });

  it('are canonical without the prefix, the bare name winning', () => {
    expect(
      canonicalProperties({
        'auto.offset.reset': 'latest',
        'ksql.streams.auto.offset.reset': 'earliest',
        'ksql.streams.shutdown.timeout.ms': '5',
      }),
    ).toEqual({ 'auto.offset.reset': 'latest', 'ksql.streams.shutdown.timeout.ms': '5' });
  });

  it('are known when ksqlDB or Kafka has them', () => {
    const names = [
      'ksql.streams.consumer.max.poll.records',
      'ksql.functions.collect_list.limit',
      'ksql.streams.__emit.interval.ms.kstreams.windowed.aggregation__',
      'linger.ms',
      'ksql.no.such.thing',
      'nonsense',
    ];
    expect(names.map(isKnownProperty)).toEqual([true, true, true, true, false, false]);
  });

  it('are on when they say true, whatever the case', () => {
    expect(isEnabled({ 'ksql.suppress.enabled': 'FALSE' }, 'ksql.suppress.enabled')).toBe(false);
    expect(isEnabled({ 'ksql.suppress.enabled': ' True' }, 'ksql.suppress.enabled')).toBe(true);
    expect(isEnabled({}, 'ksql.query.push.v2.enabled')).toBe(false);
  });

  it('are denied together', () => {
    const server = { 'ksql.properties.overrides.denylist': 'linger.ms, acks' };
    expect(() => checkOverrides({ acks: '1', 'linger.ms': '2', retries: '3' }, server)).toThrow(
      'prohibited by the KSQL server denylist (use UNSET to reset their default value): [acks, linger.ms]',
    );
  });

  it('are only those of an allowlist where there is one', () => {
    const server = {
      'ksql.properties.overrides.validation.mode': 'allowlist',
      'ksql.properties.overrides.allowlist': 'acks',
    };
    checkOverrides({ acks: '1' }, server);
    expect(() => checkOverrides({ acks: '1', retries: '3' }, server)).toThrow(': [retries]');
  });
});
