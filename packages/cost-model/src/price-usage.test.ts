import fc from "fast-check";
import {
  BUCKETS,
  divideHalfEven,
  formatUsd,
  inputTokens,
  readDecimal,
  type Bucket,
  type Pool,
  type Price,
  type Tokens,
} from "@inferledger/events";
import { describe, expect, test } from "vitest";
import { createPriceBook, type CatalogProvider, type PricePeriod } from "./price-book.ts";
import { canonicalModel, explainPrice, LARGEST_AMOUNT, priceUsage, type PricedUsage } from "./price-usage.ts";

const bookOf = (...periods: PricePeriod[]): ReturnType<typeof createPriceBook> =>
  createPriceBook([{ provider: "acme", models: [{ id: "big", equals: ["big"], periods, source: "a test" }] }]);

const call = (tokens: Tokens, more: Partial<PricedUsage> = {}): PricedUsage => ({
  provider: "acme",
  reportedModel: "big",
  time: Date.UTC(2026, 0, 15, 12),
  tokens,
  requests: 1,
  serviceTier: "",
  evidence: "exact",
  pools: [],
  ...more,
});

const dollars = (price: Price): string =>
  price.kind === "priced" ? formatUsd(price.amount) : price.kind === "unpriced" ? price.reason : "pool";
const rate = (usd: string): { usd_per_mtok: string } => ({ usd_per_mtok: usd });
const SIMPLE = { rates: { input: rate("10"), output: rate("60") } };

describe("a call", () => {
  test("of 1,000 input at $0.01 and 500 output at $0.06 per thousand tokens costs $0.04", () => {
    expect(dollars(priceUsage(bookOf(SIMPLE), call({ input_uncached: 1000, output_text: 500 })))).toBe("0.04");
  });

  test("of 150,000 tokens in tiers of $100 and, above 100,000, $50 is on a cliff: $7.50, not $12.50", () => {
    const book = bookOf({ rates: { input: { usd_per_mtok: "100", tiers: [{ above: 100_000, usd_per_mtok: "50" }] } } });
    expect(dollars(priceUsage(book, call({ input_uncached: 150_000 })))).toBe("7.5");
    expect(dollars(priceUsage(book, call({ input_uncached: 100_000 })))).toBe("10");
    expect(dollars(priceUsage(book, call({ input_uncached: 100_001 })))).toBe("5.00005");
  });

  test("counts cached tokens towards its tier", () => {
    const book = bookOf({
      rates: { input: { usd_per_mtok: "1", tiers: [{ above: 200_000, usd_per_mtok: "2" }] }, cache_read: rate("0.1") },
    });
    expect(dollars(priceUsage(book, call({ input_uncached: 1000, input_cache_read: 200_000 })))).toBe("0.022");
  });

  test("bills reasoning as output, and cached or audio tokens as input, where no rate of their own is listed", () => {
    expect(
      dollars(priceUsage(bookOf(SIMPLE), call({ input_cache_read: 1000, input_audio: 1000, output_reasoning: 500 }))),
    ).toBe("0.05");
  });

  test("does not bill an hour-long cache write at the rate of a short one", () => {
    const book = bookOf({ rates: { input: rate("3"), cache_write: rate("3.75") } });
    expect(dollars(priceUsage(book, call({ input_cache_write_5m: 1000 })))).toBe("0.00375");
    expect(dollars(priceUsage(book, call({ input_cache_write_1h: 1000 })))).toBe("no_price_for_meter");
    expect(dollars(priceUsage(bookOf(SIMPLE), call({ input_cache_write_1h: 1000 })))).toBe("0.01");
  });

  test("pays a fee for the call itself where one is listed", () => {
    expect(
      dollars(
        priceUsage(
          bookOf({ rates: { ...SIMPLE.rates, requests: rate("5000") } }),
          call({ input_uncached: 1000 }, { requests: 2 }),
        ),
      ),
    ).toBe("0.02");
  });

  test("of a processing tier has that tier's price, the standard one for what the tier does not list, and none in an unlisted tier", () => {
    const book = bookOf({ ...SIMPLE, services: { batch: { input: rate("5") } } });
    const usage = { input_uncached: 1000, output_text: 500 };
    expect(dollars(priceUsage(book, call(usage, { serviceTier: "batch" })))).toBe("0.035");
    expect(dollars(priceUsage(book, call(usage, { serviceTier: "default" })))).toBe("0.04");
    expect(dollars(priceUsage(book, call(usage, { serviceTier: "flex" })))).toBe("no_price_for_meter");
  });

  test("has the price of its own time", () => {
    const book = bookOf(SIMPLE, { from: "2026-01-15", rates: { input: rate("20"), output: rate("60") } });
    expect(dollars(priceUsage(book, call({ input_uncached: 1000 }, { time: Date.UTC(2026, 0, 15) - 1 })))).toBe("0.01");
    expect(dollars(priceUsage(book, call({ input_uncached: 1000 }, { time: Date.UTC(2026, 0, 15) })))).toBe("0.02");
    const later = bookOf({ from: "2026-02-01", rates: SIMPLE.rates });
    expect(dollars(priceUsage(later, call({ input_uncached: 1000 })))).toBe("no_price_at_time");
  });

  test("has the price of its minute of the day, also in a window around midnight", () => {
    const at = (hour: number, minute: number) =>
      call({ input_uncached: 1000 }, { time: Date.UTC(2026, 0, 15, hour, minute) });
    const book = bookOf(SIMPLE, { window: { start: 990, end: 30 }, rates: { input: rate("5") } });
    expect([at(16, 29), at(16, 30), at(23, 59), at(0, 29), at(0, 30)].map((u) => dollars(priceUsage(book, u)))).toEqual(
      ["0.01", "0.005", "0.005", "0.005", "0.01"],
    );
  });

  test("that cannot be priced says why", () => {
    const book = bookOf(SIMPLE);
    expect(dollars(priceUsage(book, call({ input_uncached: 1 }, { reportedModel: "bigger" })))).toBe("unknown_model");
    expect(dollars(priceUsage(book, call({}, { evidence: "missing" })))).toBe("no_usage");
    expect(dollars(priceUsage(bookOf({ rates: { input: rate("1") } }), call({ output_text: 1 })))).toBe(
      "no_price_for_meter",
    );
    const dear = bookOf({ rates: { input: rate("1000000") } });
    expect(dollars(priceUsage(dear, call({ input_uncached: 999_999 })))).toBe("999999");
    expect(dollars(priceUsage(dear, call({ input_uncached: 1_000_000 })))).toBe("amount_out_of_range");
  });

  test("of a model that a pool serves is priced by the pool, under the pool's name of the model", () => {
    const pool: Pool = {
      id: "p",
      gpus: ["g"],
      model: "Big",
      usd_per_gpu_hour: "2",
      from: "2026-01-15T00:00:00Z",
      to: "2026-01-16T00:00:00Z",
    };
    expect(priceUsage(bookOf(SIMPLE), call({ input_uncached: 1 }, { pools: [pool] }))).toEqual({
      kind: "pool",
      model: "Big",
    });
    expect(
      dollars(priceUsage(bookOf(SIMPLE), call({ input_uncached: 1 }, { pools: [pool], time: Date.UTC(2026, 0, 16) }))),
    ).toBe("0.00001");
  });
});

describe("a price", () => {
  const usd = fc
    .tuple(fc.bigInt(0n, 10n ** 9n), fc.integer({ min: 0, max: 14 }))
    .map(([digits, scale]) => `${digits}e-${scale}`);
  const tokens = fc.dictionary(fc.constantFrom(...BUCKETS), fc.nat(2 ** 31), { maxKeys: 8 }) as fc.Arbitrary<Tokens>;

  test("is the sum of exact products, each rounded once, half to even", () => {
    fc.assert(
      fc.property(usd, usd, tokens, (input, output, used) => {
        const book = bookOf({ rates: { input: rate(input), output: rate(output) } });
        const expected = Object.entries(used).reduce((sum, [bucket, n]) => {
          const { digits, scale } = readDecimal(bucket.startsWith("input") ? input : output);
          return sum + divideHalfEven(BigInt(n) * digits * 10n ** 12n, 10n ** BigInt(scale + 6));
        }, 0n);
        const price = priceUsage(book, call(used));
        if (expected > LARGEST_AMOUNT) expect(price.kind).toBe("unpriced");
        else expect(price.kind === "priced" && price.amount).toBe(expected);
      }),
    );
  });

  test("is the sum of its explained lines, and does not depend on the order of buckets", () => {
    fc.assert(
      fc.property(usd, tokens, (input, used) => {
        const book = bookOf({ rates: { input: rate(input), output: rate("60"), requests: rate("3") } });
        const { price, lines } = explainPrice(book, call(used));
        const turned = Object.fromEntries(Object.entries(used).reverse()) as Partial<Record<Bucket, number>>;
        expect(priceUsage(book, call(turned))).toEqual(price);
        if (price.kind === "priced") expect(lines.reduce((sum, l) => sum + l.amount, 0n)).toBe(price.amount);
        expect(inputTokens(turned)).toBe(inputTokens(used));
      }),
    );
  });

  test("names its rate line by a version that other lines of the book do not move", () => {
    const models = ["a", "b"].map((id): CatalogProvider => ({
      provider: id,
      models: [{ id, equals: [id], periods: [SIMPLE], source: "a test" }],
    }));
    const versionOf = (list: CatalogProvider[], provider: string): number | undefined => {
      const price = priceUsage(
        createPriceBook(list),
        call({ input_uncached: 1 }, { provider, reportedModel: provider }),
      );
      return price.kind === "priced" ? price.priceVersion : undefined;
    };
    expect(versionOf(models, "b")).toBe(versionOf(models.slice(1), "b"));
    expect(versionOf(models, "a")).not.toBe(versionOf(models, "b"));
    expect(versionOf(models, "a")).toBeLessThan(2 ** 28);
  });

  test("that cannot be read is refused with the model's name", () => {
    expect(() => bookOf({ rates: { input: rate("cheap") } })).toThrow("price of acme big: not a decimal number");
    expect(() => bookOf({ rates: { input: rate("-1") } })).toThrow("price of acme big: a price is 0 or more");
  });

  test("knows the canonical id of a reported name, and leaves an unknown name alone", () => {
    expect(canonicalModel(bookOf(SIMPLE), "acme", "BIG-20250101")).toBe("big");
    expect(canonicalModel(bookOf(SIMPLE), "acme", "other")).toBe("other");
  });
});
