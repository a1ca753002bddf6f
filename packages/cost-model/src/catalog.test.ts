import { BUCKETS, formatUsd, type Tokens } from "@inferledger/events";
import { describe, expect, test } from "vitest";
import { CATALOG, shippedBook } from "./catalog.ts";
import { matchModel } from "./match-model.ts";
import { priceUsage } from "./price-usage.ts";

const book = shippedBook();
const cost = (
  provider: string,
  reportedModel: string,
  { at, ...tokens }: Tokens & { readonly at?: number },
): string => {
  const price = priceUsage(book, {
    provider,
    reportedModel,
    time: at ?? Date.UTC(2026, 10, 2, 12),
    tokens,
    requests: 1,
    serviceTier: "",
    evidence: "exact",
    pools: [],
  });
  return price.kind === "priced" ? formatUsd(price.amount) : price.kind === "unpriced" ? price.reason : "pool";
};
const model = (provider: string, reported: string): string | undefined =>
  matchModel(book, provider, reported)?.model.id;

describe("the shipped price book", () => {
  test("prices a thousand tokens each way of gpt-4 at $0.09", () => {
    expect(cost("openai", "gpt-4", { input_uncached: 1000, output_text: 1000 })).toBe("0.09");
  });

  test("prices gpt-4o at $2.50, $1.25 cached and $10", () => {
    expect(
      cost("openai", "gpt-4o", { input_uncached: 1_000_000, input_cache_read: 1_000_000, output_text: 1_000_000 }),
    ).toBe("13.75");
  });

  test("prices Claude's short and long cache writes apart", () => {
    expect(cost("anthropic", "claude-sonnet-4-5-20250929", { input_cache_write_5m: 1000 })).toBe("0.00375");
    expect(cost("anthropic", "claude-sonnet-4-5-20250929", { input_cache_write_1h: 1000 })).toBe("0.006");
  });

  test("prices DeepSeek V4 by the minute of the day, from the date on which its windows began", () => {
    const at = (time: number): string => cost("deepseek", "deepseek-v4-flash", { input_uncached: 1_000_000, at: time });
    expect(at(Date.UTC(2026, 10, 2, 12))).toBe("0.22");
    expect(at(Date.UTC(2026, 10, 2, 2))).toBe("0.44");
    expect(at(Date.UTC(2026, 6, 1, 2))).toBe("0.14");
  });

  test("has no two rate lines of one version, and only readable prices", () => {
    const lines = [...book.providers.values()].flatMap((models) => models.flatMap((m) => m.lines));
    expect(new Set(lines.map((l) => l.version)).size).toBe(lines.length);
    expect(lines.length).toBeGreaterThan(1500);
    for (const line of lines) expect(book.line(line.version)?.model).toBe(line.model);
    expect(BUCKETS.length).toBe(17);
  });

  test("names the source of every price, and has none without a token price", () => {
    for (const { models } of CATALOG) {
      for (const m of models) {
        expect(m.source).toMatch(/^(genai-prices npm|litellm PyPI) \d/);
        expect(m.equals).toEqual(m.equals.map((name) => name.toLowerCase()));
      }
    }
  });
});

describe("a reported name", () => {
  test.each([
    ["openai", "gpt-4o-2024-08-06", "gpt-4o"],
    ["openai", "openai/gpt-4o", "gpt-4o"],
    ["openai", "GPT-4o", "gpt-4o"],
    ["", "gpt-4o", "gpt-4o"],
    ["openai", "gpt-4o-2024-05-13", "gpt-4o-2024-05-13"],
    ["azure.ai.openai", "gpt-4o", "gpt-4o"],
    ["anthropic", "claude-sonnet-4-5-20250929", "claude-sonnet-4-5"],
    ["openai", "anthropic/claude-sonnet-4-5", "claude-sonnet-4-5"],
    ["gcp.vertex_ai", "claude-sonnet-4-5@20250929", "claude-sonnet-4-5"],
    ["gcp.gemini", "models/gemini-2.5-flash", "gemini-2.5-flash"],
    [
      "aws.bedrock",
      "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
      "regional.anthropic.claude-sonnet-4-5-20250929-v1:0",
    ],
    ["anthropic", "anthropic.claude-sonnet-4-5-20250929-v1:0", "regional.anthropic.claude-sonnet-4-5-20250929-v1:0"],
    ["openai", "ft:gpt-4o-2024-08-06:acme::x1", "ft:gpt-4o"],
    ["aws.bedrock", "anthropic.claude-3-5-sonnet-20240620-v1:0", "regional.anthropic.claude-3-5-sonnet-20240620-v1:0"],
  ])("of %s, %s, is %s", (provider, reported, id) => expect(model(provider, reported)).toBe(id));

  test.each([
    ["openai", "gpt-4o-ultra-9"],
    ["openai", "claude-sonnet-4-5"],
    ["anthropic", "claude-sonnet-4-5-turbo"],
    ["google", "gemini-3.8-flash-next-thing"],
    ["aws", "anthropic.claude-sonnet-5-9"],
    ["vllm", "deepseek-r1"],
    ["ollama", "mistral-7b"],
    ["", "gpt-oss-120b"],
    ["", ""],
    ["acme", "acme-1"],
  ])("of %s, %s, is not guessed", (provider, reported) => expect(model(provider, reported)).toBeUndefined());

  test("is explained", () => {
    expect(matchModel(book, "openai", "gpt-4o")?.why).toBe('"gpt-4o" is a name of gpt-4o at openai');
    expect(matchModel(book, "openai", "gpt-4.1-2099-01-01")?.why).toContain("without its date");
  });
});
