import { calcPrice } from "@pydantic/genai-prices";
import { priceUsage, shippedBook } from "@inferledger/cost-model";
import { peakMiB, ratePerSecond, show } from "./support/measure.ts";

/** The price of one call, against genai-prices' own calculator (floats) on the same calls. */
const book = shippedBook();
const models = [
  ["openai", "gpt-5-mini"],
  ["openai", "gpt-4.1"],
  ["anthropic", "claude-haiku-4-5"],
  ["google", "gemini-2.5-flash"],
] as const;
const calls = Array.from({ length: 1000 }, (_, i) => {
  const [provider, model] = models[i % models.length] ?? ["", ""];
  return { provider, model, input: 100 + i * 7, cached: i, output: 10 + i };
});
const time = Date.UTC(2026, 10, 1, 12);
const rate = ratePerSecond(calls.length, () => {
  for (const call of calls)
    priceUsage(book, {
      provider: call.provider,
      reportedModel: call.model,
      time,
      tokens: { input_uncached: call.input - call.cached, input_cache_read: call.cached, output_text: call.output },
      requests: 1,
      serviceTier: "",
      evidence: "exact",
      pools: [],
    });
});
const peak = peakMiB();
const at = new Date(time);
const baselineRate = ratePerSecond(calls.length, () => {
  for (const call of calls)
    calcPrice({ input_tokens: call.input, cache_read_tokens: call.cached, output_tokens: call.output }, call.model, {
      providerId: call.provider,
      timestamp: at,
    });
});
process.stdout.write(
  `${show({ name: "price", rate, unit: "calls", baseline: "genai-prices 0.1.8, calcPrice", baselineRate, peakMiB: peak })}\n`,
);
