/**
 * Makes packages/cost-model/src/catalog from two pinned public price packages: genai-prices (npm, a
 * devDependency) and LiteLLM's map (PyPI). genai-prices goes first, because it keeps tiers and dates with
 * references; models that only LiteLLM knows are added from it; where both list a price and it differs, both
 * figures are in disagreements.json. Run: npm run catalog (needs pip for LiteLLM's wheel).
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readDecimal } from "@inferledger/events";
import { matchModel } from "@inferledger/cost-model/match-model";
import { createPriceBook, type CatalogModel, type CatalogProvider, type MatchRule, type Meter, type PricePeriod, type Rate } from "@inferledger/cost-model/price-book";

const LITELLM = "1.109.1";
const GENAI = "0.1.8";
const OUT = new URL("../packages/cost-model/src/catalog/", import.meta.url);
const PROVIDERS = ["openai", "anthropic", "google", "mistral", "deepseek", "x-ai", "aws", "azure", "cohere", "groq", "together", "fireworks", "perplexity", "cerebras", "moonshotai", "openrouter"];

const METERS: Readonly<Record<string, Meter>> = {
  input_mtok: "input", output_mtok: "output", cache_read_mtok: "cache_read", cache_write_mtok: "cache_write", cache_write_1h_mtok: "cache_write_1h",
  output_reasoning_mtok: "reasoning", input_audio_mtok: "input_audio", output_audio_mtok: "output_audio", cache_audio_read_mtok: "cache_audio_read",
  input_image_mtok: "input_image", output_image_mtok: "output_image", cache_image_read_mtok: "cache_image_read", input_video_mtok: "input_video", output_video_mtok: "output_video",
};

interface GenaiPrice { readonly base: number; readonly tiers: readonly { readonly start: number; readonly price: number }[] }
type GenaiPrices = Readonly<Record<string, number | GenaiPrice>>;
interface GenaiPeriod { readonly constraint?: { readonly type: string; readonly start_date?: string }; readonly prices: GenaiPrices }
interface GenaiModel { readonly id: string; readonly match: MatchRule; readonly prices: GenaiPrices | readonly GenaiPeriod[] }
interface GenaiProvider { readonly id: string; readonly models: readonly GenaiModel[] }
type Litellm = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const notUnderstood: string[] = [];
const disagreements: object[] = [];

/** A float of a price file as the shortest decimal of 15 significant digits, times 10^shift. */
function decimalText(value: number, shift = 0): string {
  const { digits, scale } = readDecimal(String(Number(value.toPrecision(15))));
  const moved = scale - shift;
  const shifted = moved >= 0 ? { digits, scale: moved } : { digits: digits * 10n ** BigInt(-moved), scale: 0 };
  const text = shifted.digits.toString().padStart(shifted.scale + 1, "0");
  const fraction = shifted.scale === 0 ? "" : text.slice(-shifted.scale).replace(/0+$/, "");
  return `${shifted.scale === 0 ? text : text.slice(0, -shifted.scale)}${fraction === "" ? "" : `.${fraction}`}`;
}

function toRates(provider: string, model: GenaiModel, prices: GenaiPrices): Partial<Record<Meter, Rate>> {
  const rates: Partial<Record<Meter, Rate>> = {};
  for (const [unit, price] of Object.entries(prices)) {
    const meter = METERS[unit];
    if (!meter) notUnderstood.push(`${provider}/${model.id}: ${unit}`);
    else if (typeof price === "number") rates[meter] = { usd_per_mtok: decimalText(price) };
    else rates[meter] = { usd_per_mtok: decimalText(price.base), tiers: price.tiers.map((t) => ({ above: t.start, usd_per_mtok: decimalText(t.price) })) };
  }
  return rates;
}

/** Periods by date. Windows within a day are not understood yet: such a model keeps its plain period and is listed. */
function toPeriods(provider: string, model: GenaiModel): PricePeriod[] {
  if (!Array.isArray(model.prices)) return [{ rates: toRates(provider, model, model.prices as GenaiPrices) }];
  return (model.prices as readonly GenaiPeriod[]).flatMap((period): PricePeriod[] => {
    if (period.constraint === undefined) return [{ rates: toRates(provider, model, period.prices) }];
    if (period.constraint.start_date !== undefined) return [{ from: period.constraint.start_date, rates: toRates(provider, model, period.prices) }];
    notUnderstood.push(`${provider}/${model.id}: constraint ${period.constraint.type}`);
    return [];
  });
}

function splitMatch(rule: MatchRule): { equals: string[]; rules: MatchRule[] } {
  if ("equals" in rule) return { equals: [rule.equals.toLowerCase()], rules: [] };
  if (!("or" in rule)) return { equals: [], rules: [lower(rule)] };
  const parts = rule.or.map(splitMatch);
  return { equals: parts.flatMap((p) => p.equals), rules: parts.flatMap((p) => p.rules) };
}

function lower(rule: MatchRule): MatchRule {
  if ("regex" in rule) return rule;
  if ("and" in rule) return { and: rule.and.map(lower) };
  if ("or" in rule) return { or: rule.or.map(lower) };
  return Object.fromEntries(Object.entries(rule).map(([k, v]) => [k, String(v).toLowerCase()])) as unknown as MatchRule;
}

function toModel(provider: string, model: GenaiModel): CatalogModel[] {
  const { equals, rules } = splitMatch(model.match);
  const periods = toPeriods(provider, model).filter((p) => Object.keys(p.rates).length > 0);
  if (periods.length === 0) return [];
  const names = [...new Set([model.id.toLowerCase(), ...equals])];
  return [{ id: model.id, equals: names, ...(rules.length > 0 ? { rules } : {}), periods, source: `genai-prices npm ${GENAI}` }];
}

async function readGenai(): Promise<GenaiProvider[]> {
  const folder = mkdtempSync(join(tmpdir(), "catalog-"));
  const source = readFileSync(new URL("../node_modules/@pydantic/genai-prices/dist/index.js", import.meta.url), "utf8");
  const name = /^const (\w+) = \[/m.exec(source)?.[1];
  if (name === undefined) throw new Error("genai-prices changed its layout: the data array was not found");
  const file = join(folder, "data.mjs");
  writeFileSync(file, `${source}\nexport { ${name} as DATA };\n`);
  const { DATA } = (await import(pathToFileURL(file).href)) as { DATA: GenaiProvider[] };
  rmSync(folder, { recursive: true });
  return DATA;
}

function readLitellm(): Litellm {
  const folder = mkdtempSync(join(tmpdir(), "litellm-"));
  execFileSync("python3", ["-m", "pip", "download", "-q", "--no-deps", "-d", folder, `litellm==${LITELLM}`], { stdio: "inherit" });
  const wheel = readdirSync(folder).find((n) => n.endsWith(".whl")) ?? "";
  const read = "import sys,zipfile;sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read('litellm/model_prices_and_context_window_backup.json'))";
  const text = execFileSync("python3", ["-c", read, join(folder, wheel)], { maxBuffer: 2 ** 26 });
  rmSync(folder, { recursive: true });
  return JSON.parse(text.toString("utf8")) as Litellm;
}

const LITELLM_PROVIDERS: Readonly<Record<string, string>> = {
  openai: "openai", anthropic: "anthropic", gemini: "google", mistral: "mistral", deepseek: "deepseek", xai: "x-ai", cohere: "cohere", cohere_chat: "cohere",
  bedrock: "aws", bedrock_converse: "aws", azure: "azure", groq: "groq", together_ai: "together", fireworks_ai: "fireworks", perplexity: "perplexity", cerebras: "cerebras", moonshot: "moonshotai",
};
const LITELLM_METERS: Readonly<Record<string, Meter>> = {
  input_cost_per_token: "input", output_cost_per_token: "output", cache_read_input_token_cost: "cache_read", cache_creation_input_token_cost: "cache_write",
  cache_creation_input_token_cost_above_1hr: "cache_write_1h", output_cost_per_reasoning_token: "reasoning", input_cost_per_audio_token: "input_audio", output_cost_per_audio_token: "output_audio",
};

function addLitellm(catalog: Map<string, CatalogModel[]>, map: Litellm): void {
  const book = createPriceBook([...catalog].map(([provider, models]) => ({ provider, models })));
  for (const [key, entry] of Object.entries(map)) {
    const provider = LITELLM_PROVIDERS[String(entry.litellm_provider)];
    if (provider === undefined || !catalog.has(provider)) continue;
    const name = key.slice(key.startsWith(`${String(entry.litellm_provider)}/`) ? key.indexOf("/") + 1 : 0).toLowerCase();
    const rates = litellmRates(entry);
    if (!rates.input && !rates.output) continue;
    const models = catalog.get(provider) ?? [];
    const match = matchModel(book, provider, name)?.model.id;
    const known = models.find((m) => m.id === match || m.equals.includes(name));
    if (known) compare(provider, name, known, rates);
    else if (!name.includes("/")) models.push({ id: name, equals: [name], periods: [{ rates }], source: `litellm PyPI ${LITELLM}` });
  }
}

function litellmRates(entry: Readonly<Record<string, unknown>>): Partial<Record<Meter, Rate>> {
  const rates: Partial<Record<Meter, Rate>> = {};
  for (const [field, meter] of Object.entries(LITELLM_METERS)) {
    const price = entry[field];
    if (price === undefined || price === null) continue;
    const tiers = Object.entries(entry).flatMap(([k, v]) => {
      const above = new RegExp(`^${field}_above_(\\d+)k_tokens$`).exec(k)?.[1];
      return above === undefined ? [] : [{ above: Number(above) * 1000, usd_per_mtok: decimalText(Number(v), 6) }];
    });
    rates[meter] = { usd_per_mtok: decimalText(Number(price), 6), ...(tiers.length > 0 ? { tiers: tiers.sort((a, b) => a.above - b.above) } : {}) };
  }
  return rates;
}

function compare(provider: string, name: string, model: CatalogModel, theirs: Partial<Record<Meter, Rate>>): void {
  const ours = model.periods.at(-1)?.rates ?? {};
  for (const meter of ["input", "output", "cache_read", "cache_write"] as const) {
    const [a, b] = [ours[meter]?.usd_per_mtok, theirs[meter]?.usd_per_mtok];
    if (a !== undefined && b !== undefined && a !== b && model.source.startsWith("genai")) disagreements.push({ provider, model: model.id, name, meter, unit: "USD per million tokens", genai_prices: a, litellm: b, used: a });
  }
}

const data = await readGenai();
const catalog = new Map(PROVIDERS.map((id) => [id, (data.find((p) => p.id === id)?.models ?? []).flatMap((m) => toModel(id, m))]));
addLitellm(catalog, readLitellm());
rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
const write = (name: string, value: object): void => writeFileSync(new URL(name, OUT), `${JSON.stringify(value, undefined, 1)}\n`);
for (const [provider, models] of catalog) write(`${provider}.json`, { provider, models } satisfies CatalogProvider);
write("disagreements.json", { note: "genai-prices and LiteLLM list different prices; genai-prices is used", disagreements, not_understood: notUnderstood.sort() });
const imports = PROVIDERS.map((p, i) => `import p${i} from "./${p}.json" with { type: "json" };`).join("\n");
writeFileSync(new URL("index.ts", OUT), `// Made by scripts/build-catalog.ts.\nimport type { CatalogProvider } from "../price-book.ts";\n${imports}\n\nexport const CATALOG = [${PROVIDERS.map((_, i) => `p${i}`).join(", ")}] as unknown as readonly CatalogProvider[];\n`);
process.stdout.write(`${[...catalog.values()].reduce((n, m) => n + m.length, 0)} models, ${disagreements.length} disagreements, ${notUnderstood.length} not understood\n`);
