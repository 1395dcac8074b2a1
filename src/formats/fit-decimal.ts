/** Decimals of a payload into DECIMAL columns. */
import { type DecimalValue, decimalText, fitsPrecision, rescaleExactly } from '../types/decimal.ts';

/** The unscaled value for a DECIMAL(precision, scale); throws an Error in ksqlDB's words when it does not fit exactly. */
export function fitDecimal(value: DecimalValue, precision: number, scale: number): bigint {
  const unscaled = rescaleExactly(value.unscaled, value.scale, scale);
  if (unscaled !== null && fitsPrecision(unscaled, precision)) return unscaled;
  const digits = value.unscaled.toString().replace('-', '').length;
  throw new Error(
    `Cannot fit decimal '${decimalText(value.unscaled, value.scale)}' into ` +
      `DECIMAL(${precision}, ${scale}) without rounding. (Requires ${digits},${value.scale})`,
  );
}
