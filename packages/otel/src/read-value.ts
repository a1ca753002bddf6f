import type { Attributes, AttributeValue } from "./record.ts";

/** A count that is no count: the sighting is rejected, its neighbours go on. */
export class WrongCount extends Error {
  override readonly name = "WrongCount";
}

/** @throws WrongCount naming the attribute */
export function readCount(attributes: Attributes, names: readonly string[] | undefined): number | undefined {
  if (!names) return undefined;
  for (const name of names) {
    const value = attributes.get(name);
    if (value !== undefined && value !== "") return toCount(name, value);
  }
  return undefined;
}

/** Whole doubles and numeric text are counts too, as senders write them. NaN is how one sender says nothing. @throws WrongCount */
export function toCount(name: string, value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d{1,16}(\.0+)?$/.test(value.trim()) ? Number(value) : value;
  if (typeof number === "number" && Number.isNaN(number)) return undefined;
  if (typeof number === "number" && Number.isSafeInteger(number) && number >= 0) return number;
  throw new WrongCount(`${name} must be a whole number from 0 to 2^53-1, not ${shown(value)}`);
}

/** Numbers are shown; other text is not, as it could be anything that a sender put there. */
const shown = (value: unknown): string =>
  ["number", "bigint", "boolean"].includes(typeof value) ||
  (typeof value === "string" && /^[-+.\deE]{1,40}$/.test(value))
    ? String(value)
    : "text";

export function readText(attributes: Attributes, names: readonly string[]): string {
  for (const name of names) {
    const value = attributes.get(name);
    if (typeof value === "string" && value !== "") return value;
  }
  return "";
}

/** A finite number, also as text; undefined when there is none or it is negative. */
export function readNumber(attributes: Attributes, name: string): number | undefined {
  const value: AttributeValue | undefined = attributes.get(name);
  const number = typeof value === "string" && /^[\d.]{1,20}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) && number >= 0 ? number : undefined;
}

/** Dollars as decimal text without exponent, or undefined: zero is how several senders say that they do not know. */
export function readCost(attributes: Attributes, names: readonly string[]): string | undefined {
  for (const name of names) {
    const cost = readNumber(attributes, name);
    if (cost !== undefined && cost > 0 && cost < 1_000_000) return toDecimal(cost);
  }
  return undefined;
}

/** A double's shortest decimal, without exponent, rounded half to even to pico-dollars: what lies beyond is a float's litter. */
export function toDecimal(value: number): string {
  const [digits = "", exponent = "0"] = String(value).split("e");
  const [whole = "0", fraction = ""] = digits.split(".");
  const at = whole.length + Number(exponent);
  const all = whole + fraction;
  const before = at > 0 ? all.slice(0, at).padEnd(at, "0") : "0";
  const after = at > 0 ? all.slice(at) : "0".repeat(-at) + all;
  const pico = BigInt(before + after.slice(0, 12).padEnd(12, "0"));
  const beyond = after.slice(12).padEnd(1, "0");
  const isHalf = /^50*$/.test(beyond);
  const up = isHalf ? pico % 2n === 1n : beyond >= "5";
  const text = (pico + (up ? 1n : 0n)).toString().padStart(13, "0");
  const kept = text.slice(-12).replace(/0+$/, "");
  return kept === "" ? text.slice(0, -12) : `${text.slice(0, -12)}.${kept}`;
}
