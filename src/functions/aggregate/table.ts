/** The aggregate functions, by name. */
import type { AggregateDef } from '../define.ts';
import { attr } from './attr.ts';
import { avg } from './avg.ts';
import { earliestByOffset, latestByOffset } from './by-offset.ts';
import { collectList, collectSet } from './collect.ts';
import { correlation } from './correlation.ts';
import { countDistinct } from './count-distinct.ts';
import { count } from './count.ts';
import { histogram } from './histogram.ts';
import { max, min } from './min-max.ts';
import { stddevSamp, stddevSample } from './stddev.ts';
import { sum, sumList } from './sum.ts';
import { topk, topkDistinct } from './topk.ts';

export const aggregateFunctions: readonly AggregateDef[] = [
  attr,
  avg,
  collectList,
  collectSet,
  correlation,
  count,
  countDistinct,
  earliestByOffset,
  histogram,
  latestByOffset,
  max,
  min,
  stddevSamp,
  stddevSample,
  sum,
  sumList,
  topk,
  topkDistinct,
];
