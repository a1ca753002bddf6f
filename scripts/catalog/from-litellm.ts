import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Meter, PricePeriod, Rates } from "@inferledger/cost-model/price-book";
import { decimalText } from "./decimal-text.ts";

export const LITELLM = "1.109.1";
export type Litellm = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** LiteLLM's map, from its wheel on PyPI. */
export function readLitellm(): Litellm {
  const folder = mkdtempSync(join(tmpdir(), "litellm-"));
  execFileSync("python3", ["-m", "pip", "download", "-q", "--no-deps", "-d", folder, `litellm==${LITELLM}`], {
    stdio: "inherit",
  });
  const wheel = readdirSync(folder).find((n) => n.endsWith(".whl")) ?? "";
  const read =
    "import sys,zipfile;sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read('litellm/model_prices_and_context_window_backup.json'))";
  const text = execFileSync("python3", ["-c", read, join(folder, wheel)], { maxBuffer: 2 ** 26 });
  rmSync(folder, { recursive: true });
  return JSON.parse(text.toString("utf8")) as Litellm;
}

export const LITELLM_PROVIDERS: Readonly<Record<string, string>> = {
  openai: "openai",
  anthropic: "anthropic",
  gemini: "google",
  mistral: "mistral",
  deepseek: "deepseek",
  xai: "x-ai",
  cohere: "cohere",
  cohere_chat: "cohere",
  bedrock: "aws",
  bedrock_converse: "aws",
  azure: "azure",
  groq: "groq",
  together_ai: "together",
  fireworks_ai: "fireworks",
  perplexity: "perplexity",
  cerebras: "cerebras",
  moonshot: "moonshotai",
};
const LITELLM_METERS: Readonly<Record<string, Meter>> = {
  input_cost_per_token: "input",
  output_cost_per_token: "output",
  cache_read_input_token_cost: "cache_read",
  cache_creation_input_token_cost: "cache_write",
  cache_creation_input_token_cost_above_1hr: "cache_write_1h",
  cache_creation_input_token_cost_above_12hr: "cache_write_12h",
  output_cost_per_reasoning_token: "reasoning",
  input_cost_per_audio_token: "input_audio",
  output_cost_per_audio_token: "output_audio",
};

const SERVICES = { flex: "flex", priority: "priority", batches: "batch" } as const;

export function litellmPeriod(provider: string, entry: Readonly<Record<string, unknown>>): PricePeriod {
  const services: Record<string, Rates> = {};
  for (const [suffix, service] of Object.entries(SERVICES)) {
    const rates = litellmRates(provider, entry, `_${suffix}`);
    if (rates.input || rates.output) services[service] = rates;
  }
  return { rates: litellmRates(provider, entry, ""), ...(Object.keys(services).length > 0 ? { services } : {}) };
}

/** x-ai's upper price holds from its threshold on, everybody else's above it. */
const isReached = (provider: string): number => (provider === "x-ai" ? 1 : 0);

function litellmRates(provider: string, entry: Readonly<Record<string, unknown>>, suffix: string): Rates {
  const rates: Rates = {};
  for (const [field, meter] of Object.entries(LITELLM_METERS)) {
    const price = entry[`${field}${suffix}`];
    if (price === undefined || price === null) continue;
    const tiers = Object.entries(entry).flatMap(([k, v]) => {
      const above = new RegExp(`^${field}_above_(\\d+)k_tokens${suffix}$`).exec(k)?.[1];
      return above === undefined
        ? []
        : [{ above: Number(above) * 1000 - isReached(provider), usd_per_mtok: decimalText(Number(v), 6) }];
    });
    rates[meter] = {
      usd_per_mtok: decimalText(Number(price), 6),
      ...(tiers.length > 0 ? { tiers: tiers.sort((a, b) => a.above - b.above) } : {}),
    };
  }
  return rates;
}
