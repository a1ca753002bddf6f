/**
 * Money is BigInt pico-dollars (1e-12 USD). Decimal text is the only other form an amount takes.
 */
export type PicoUsd = bigint;

export const PICO_DIGITS = 12;
const PLAIN = /^(-?)(\d+)(?:\.(\d+))?$/;

/** An exact decimal: value = digits × 10^-scale. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

/**
 * Reads plain or E-notation decimal text exactly.
 * @throws RangeError when the text is no decimal number
 */
export function readDecimal(text: string): Decimal {
  const [mantissa = "", exponent = "0"] = text.trim().toLowerCase().split("e");
  const match = PLAIN.exec(mantissa);
  if (!match || !/^[+-]?\d{1,3}$/.test(exponent)) throw new RangeError(`not a decimal number: ${JSON.stringify(text)}`);
  const fraction = match[3] ?? "";
  const digits = BigInt(`${match[1]}${match[2]}${fraction}`);
  const scale = fraction.length - Number(exponent);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

/** Rounds numerator / denominator half to even. The denominator must be positive. */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const remainder = numerator % denominator;
  const twice = (remainder < 0n ? -remainder : remainder) * 2n;
  const away = numerator < 0n ? -1n : 1n;
  if (twice > denominator) return quotient + away;
  if (twice < denominator) return quotient;
  return quotient % 2n === 0n ? quotient : quotient + away;
}

/** Decimal dollars to pico-dollars, rounded once, half to even. */
export function toPico(value: Decimal): PicoUsd {
  if (value.scale <= PICO_DIGITS) return value.digits * 10n ** BigInt(PICO_DIGITS - value.scale);
  return divideHalfEven(value.digits, 10n ** BigInt(value.scale - PICO_DIGITS));
}

/** Decimal dollar text to pico-dollars. @throws RangeError on text that is no decimal number */
export const readUsd = (text: string): PicoUsd => toPico(readDecimal(text));

/** Pico-dollars as a plain decimal string: no exponent, no trailing zeros. */
export function formatUsd(amount: PicoUsd): string {
  const sign = amount < 0n ? "-" : "";
  const digits = (amount < 0n ? -amount : amount).toString().padStart(PICO_DIGITS + 1, "0");
  const fraction = digits.slice(-PICO_DIGITS).replace(/0+$/, "");
  return `${sign}${digits.slice(0, -PICO_DIGITS)}${fraction === "" ? "" : `.${fraction}`}`;
}

/** Pico-dollars in whole cents, half to even, for statements: `$2,462,380.30`. */
export function formatCents(amount: PicoUsd): string {
  const cents = divideHalfEven(amount, 10n ** 10n);
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, "0");
  const dollars = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${cents < 0n ? "-" : ""}$${dollars}.${digits.slice(-2)}`;
}
