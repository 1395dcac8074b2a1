/** Every scalar function that comes with the server. */
import type { ScalarDef } from '../define.ts';
import {
  arrayConcat,
  arrayContains,
  arrayJoin,
  arrayLength,
  arrayRemove,
} from './array/array-elements.ts';
import { arrayMax, arrayMin, arraySort } from './array/array-order.ts';
import { arrayDistinct, arrayExcept, arrayIntersect, arrayUnion } from './array/array-sets.ts';
import { generateSeries } from './array/generate-series.ts';
import { slice } from './array/slice.ts';
import { fromBytes, toBytes } from './bytes/from-to-bytes.ts';
import { bigintFromBytes, doubleFromBytes, intFromBytes } from './bytes/number-from-bytes.ts';
import {
  dateToString,
  stringToDate,
  stringToTimestamp,
  timestampToString,
} from './datetime/deprecated.ts';
import { convertTz, fromDays, fromUnixtime, unixDate, unixTimestamp } from './datetime/epoch.ts';
import { formatDate, formatTime, formatTimestamp } from './datetime/format-functions.ts';
import { intervalFunctions } from './datetime/interval.ts';
import { parseDate, parseTime, parseTimestamp } from './datetime/parse-functions.ts';
import { extractJsonField } from './json/extract-json-field.ts';
import { isJsonString } from './json/is-json-string.ts';
import { jsonArrayContains, jsonArrayLength, jsonItems } from './json/json-array.ts';
import { jsonConcat } from './json/json-concat.ts';
import { jsonKeys, jsonRecords } from './json/json-object.ts';
import { toJsonString } from './json/to-json-string.ts';
import { filter } from './lambda/filter.ts';
import { reduce } from './lambda/reduce.ts';
import { transform } from './lambda/transform.ts';
import { entries } from './map/entries.ts';
import { asMap, mapKeys, mapUnion, mapValues } from './map/maps.ts';
import { abs } from './math/abs.ts';
import { atan2, log, power } from './math/atan2-power-log.ts';
import { ceil, floor } from './math/ceil-floor.ts';
import { elementaryFunctions } from './math/elementary.ts';
import { pi, random } from './math/pi-random.ts';
import { round, trunc } from './math/round-trunc.ts';
import { sign } from './math/sign.ts';
import { asValue } from './misc/as-value.ts';
import { coalesce, ifnull, nullif } from './misc/conditional.ts';
import { geoDistance } from './misc/geo-distance.ts';
import { greatest, least } from './misc/greatest-least.ts';
import {
  regexpExtract,
  regexpExtractAll,
  regexpReplace,
  regexpSplitToArray,
} from './regex/regexp-functions.ts';
import { lcase, ucase } from './string/case.ts';
import { chr } from './string/chr.ts';
import { concat, concatWs } from './string/concat.ts';
import { elt, field } from './string/elt-field.ts';
import { encode } from './string/encode.ts';
import { initcap } from './string/initcap.ts';
import { instr } from './string/instr.ts';
import { len } from './string/len.ts';
import { mask, maskKeepLeft, maskKeepRight, maskLeft, maskRight } from './string/mask.ts';
import { md5 } from './string/md5.ts';
import { lpad, rpad } from './string/pad.ts';
import { replace } from './string/replace.ts';
import { split } from './string/split.ts';
import { splitToMap } from './string/split-to-map.ts';
import { substring } from './string/substring.ts';
import { trim } from './string/trim.ts';
import { uuid } from './string/uuid.ts';
import { urlFunctions } from './url/url-functions.ts';

const keysAndChoices: readonly ScalarDef[] = [
  asValue,
  coalesce,
  ifnull,
  nullif,
  greatest,
  least,
  geoDistance,
];

const numeric: readonly ScalarDef[] = [
  abs,
  ceil,
  floor,
  round,
  trunc,
  sign,
  ...elementaryFunctions,
  atan2,
  power,
  log,
  pi,
  random,
];

const collections: readonly ScalarDef[] = [
  arrayConcat,
  arrayContains,
  arrayDistinct,
  arrayExcept,
  arrayIntersect,
  arrayUnion,
  arrayJoin,
  arrayLength,
  arrayMax,
  arrayMin,
  arrayRemove,
  arraySort,
  generateSeries,
  slice,
  entries,
  asMap,
  mapKeys,
  mapValues,
  mapUnion,
  filter,
  transform,
  reduce,
];

const texts: readonly ScalarDef[] = [
  chr,
  concat,
  concatWs,
  elt,
  field,
  encode,
  fromBytes,
  toBytes,
  initcap,
  instr,
  lcase,
  ucase,
  len,
  lpad,
  rpad,
  mask,
  maskLeft,
  maskRight,
  maskKeepLeft,
  maskKeepRight,
  md5,
  replace,
  split,
  splitToMap,
  substring,
  trim,
  uuid,
  regexpExtract,
  regexpExtractAll,
  regexpReplace,
  regexpSplitToArray,
];

const documents: readonly ScalarDef[] = [
  extractJsonField,
  isJsonString,
  jsonArrayContains,
  jsonArrayLength,
  jsonConcat,
  jsonItems,
  jsonKeys,
  jsonRecords,
  toJsonString,
  intFromBytes,
  bigintFromBytes,
  doubleFromBytes,
  ...urlFunctions,
];

const datesAndTimes: readonly ScalarDef[] = [
  convertTz,
  ...intervalFunctions,
  formatDate,
  formatTime,
  formatTimestamp,
  parseDate,
  parseTime,
  parseTimestamp,
  fromDays,
  fromUnixtime,
  unixDate,
  unixTimestamp,
  dateToString,
  stringToDate,
  timestampToString,
  stringToTimestamp,
];

/** By area, as the function reference lists them. */
export const scalarFunctions: readonly ScalarDef[] = [
  ...keysAndChoices,
  ...numeric,
  ...collections,
  ...texts,
  ...documents,
  ...datesAndTimes,
];
