import fc from "fast-check";
import { expect, test } from "vitest";
import { readCost, readNumber, toCount, toDecimal, WrongCount } from "./read-value.ts";

test("a double becomes its shortest decimal, without exponent, rounded to pico-dollars", () => {
  expect([0.005004, 1e-7, 2.5e-13, 123.25, 0.0016645499999999999, 1e5].map(toDecimal)).toEqual([
    "0.005004",
    "0.0000001",
    "0",
    "123.25",
    "0.00166455",
    "100000",
  ]);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 9 }), fc.integer({ min: 0, max: 9 }), (n, scale) => {
      const text = toDecimal(n / 10 ** scale);
      expect(text).toMatch(/^\d+(\.\d*[1-9])?$/);
      expect(Number(text)).toBe(n / 10 ** scale);
    }),
  );
});

test("counts may be whole doubles and numeric text; NaN is none; anything else is named and refused", () => {
  expect([toCount("n", 5), toCount("n", "100"), toCount("n", "50.0"), toCount("n", 1514.0)]).toEqual([
    5, 100, 50, 1514,
  ]);
  expect(toCount("n", Number.NaN)).toBeUndefined();
  for (const wrong of [-1, 1.5, 2 ** 53, 2n ** 63n, "many", true, Infinity]) {
    expect(() => toCount("gen_ai.usage.input_tokens", wrong)).toThrow(WrongCount);
    expect(() => toCount("gen_ai.usage.input_tokens", wrong)).toThrow("gen_ai.usage.input_tokens");
  }
  expect(() => toCount("n", "a secret")).not.toThrow("secret");
});

test("a cost of zero is how senders say that they do not know, and one that is no number is none", () => {
  const read = (value: string | number) => readCost(new Map([["c", value]]), ["c"]);
  expect([read(0), read(-1), read("x"), read(0.25), read("0.25")]).toEqual([
    undefined,
    undefined,
    undefined,
    "0.25",
    "0.25",
  ]);
  expect(readNumber(new Map([["t", "3.5"]]), "t")).toBe(3.5);
});
