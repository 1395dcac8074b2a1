/** Limits of this layer (design: reliability §4). */

/** `format.depth`: how deep containers may nest in one document; the document itself is level 1. */
export const NESTING_DEPTH_MAX = 100;

/** Structs (and rows) with more fields than this have names looked up and values read by calls instead of inlined text. */
export const INLINE_COLUMNS_MAX = 40;

/**
 * Decoders and encoders with more columns than this run column by column through closures: V8 does not optimise functions of
 * more than 60 KiB of bytecode.
 */
export const GENERATED_COLUMNS_MAX = 150;

/** A number of more characters is not made into a DECIMAL, BIGINT or INTEGER: building it would cost more than it can be worth. */
export const NUMBER_DIGITS_MAX = 1000;
