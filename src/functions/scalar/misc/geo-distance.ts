import { javaTrim } from '../../../types/java-text.ts';
import type { ScalarDef } from '../../define.ts';
import { cos, sin } from '../math/rounded.ts';
import { handled, scalar, strict } from '../scalar.ts';

const kilometers = 6371;
const miles = 3959;
const radii: ReadonlyMap<string, number> = new Map([
  ['mi', miles],
  ['mile', miles],
  ['miles', miles],
  ['km', kilometers],
  ['kilometer', kilometers],
  ['kilometers', kilometers],
  ['kilometre', kilometers],
  ['kilometres', kilometers],
]);

function radiusFor(units: string | null): number {
  const name = units === null ? '' : javaTrim(units).toLowerCase();
  if (name === '') return kilometers;
  const radius = radii.get(name);
  if (radius !== undefined) return radius;
  throw new Error(
    `GeoDistance function units parameter must be one of ${[...radii.keys()].join(', ')}. Values are case-insensitive.`,
  );
}

function check(latitude: number, longitude: number): void {
  if (latitude < -90 || latitude > 90) {
    throw new Error(
      'valid latitude values for GeoDistance function are in the range of -90 to 90 decimal degrees',
    );
  }
  if (longitude < -180 || longitude > 180) {
    throw new Error(
      'valid longitude values for GeoDistance function are in the range of -180 to +180 decimal degrees',
    );
  }
}

const radians = (degrees: number): number => degrees * (Math.PI / 180);
const haversine = (angle: number): number => sin(angle / 2) ** 2;

function distance(
  latitude1: number,
  longitude1: number,
  latitude2: number,
  longitude2: number,
  units: string | null = null,
): number {
  check(latitude1, longitude1);
  check(latitude2, longitude2);
  const across =
    haversine(radians(latitude2 - latitude1)) +
    haversine(radians(longitude2 - longitude1)) * cos(radians(latitude1)) * cos(radians(latitude2));
  return 2 * Math.asin(Math.sqrt(across)) * radiusFor(units);
}

const points = 'DOUBLE! latitude1, DOUBLE! longitude1, DOUBLE! latitude2, DOUBLE! longitude2';

/** GEO_DISTANCE: a unit that is NULL or blank means kilometres. */
export const geoDistance: ScalarDef = scalar({
  name: 'GEO_DISTANCE',
  category: 'OTHER',
  doc: 'The great-circle distance between two points given in degrees, in kilometres or miles.',
  examples: [['geo_distance(10, 20, 10, 20)', '0.0']],
  overloads: [
    strict(`(${points}) -> DOUBLE`, distance),
    handled(`(${points}, STRING units) -> DOUBLE`, distance),
  ],
});
