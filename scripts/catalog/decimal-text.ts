import { readDecimal } from "@inferledger/events";

/** A float of a price file as the shortest decimal of 15 significant digits, times 10^shift. */
export function decimalText(value: number, shift = 0): string {
  const { digits, scale } = readDecimal(String(Number(value.toPrecision(15))));
  const moved = scale - shift;
  const shifted = moved >= 0 ? { digits, scale: moved } : { digits: digits * 10n ** BigInt(-moved), scale: 0 };
  const text = shifted.digits.toString().padStart(shifted.scale + 1, "0");
  const fraction = shifted.scale === 0 ? "" : text.slice(-shifted.scale).replace(/0+$/, "");
  return `${shifted.scale === 0 ? text : text.slice(0, -shifted.scale)}${fraction === "" ? "" : `.${fraction}`}`;
}
