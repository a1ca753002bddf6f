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
import { matchesLoosely, matchModel } from "@inferledger/cost-model/match-model";
import {
  createPriceBook,
  type CatalogModel,
  type CatalogProvider,
  type MatchRule,
  type Meter,
  type PricePeriod,
  type Rates,
} from "@inferledger/cost-model/price-book";

const LITELLM = "1.109.1";
const GENAI = "0.1.8";
const OUT = new URL("../packages/cost-model/src/catalog/", import.meta.url);
const PROVIDERS = [
  "openai",
  "anthropic",
  "google",
  "mistral",
  "deepseek",
  "x-ai",
  "aws",
  "azure",
  "cohere",
  "groq",
  "together",
  "fireworks",
  "perplexity",
  "cerebras",
  "moonshotai",
  "openrouter",
];

const METERS: Readonly<Record<string, Meter>> = {
  input_mtok: "input",
  output_mtok: "output",
  cache_read_mtok: "cache_read",
  cache_write_mtok: "cache_write",
  cache_write_1h_mtok: "cache_write_1h",
  output_reasoning_mtok: "reasoning",
  input_audio_mtok: "input_audio",
  output_audio_mtok: "output_audio",
  cache_audio_read_mtok: "cache_audio_read",
  input_image_mtok: "input_image",
  output_image_mtok: "output_image",
  cache_image_read_mtok: "cache_image_read",
  input_video_mtok: "input_video",
  output_video_mtok: "output_video",
};

interface GenaiPrice {
  readonly base: number;
  readonly tiers: readonly { readonly start: number; readonly price: number }[];
}
type GenaiPrices = Readonly<Record<string, number | GenaiPrice>>;
interface GenaiPeriod {
  readonly constraint?: {
    readonly type: string;
    readonly start_date?: string;
    readonly start_time?: string;
    readonly end_time?: string;
  };
  readonly prices: GenaiPrices;
}
interface GenaiModel {
  readonly id: string;
  readonly match: MatchRule;
  readonly prices: GenaiPrices | readonly GenaiPeriod[];
}
interface GenaiProvider {
  readonly id: string;
  readonly models: readonly GenaiModel[];
}
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

function toRates(provider: string, model: GenaiModel, prices: GenaiPrices): Rates {
  const rates: Rates = {};
  for (const [unit, price] of Object.entries(prices)) {
    const meter = METERS[unit];
    if (unit === "requests_kcount" && typeof price === "number")
      rates.requests = { usd_per_mtok: decimalText(price, 3) };
    else if (!meter) notUnderstood.push(`${provider}/${model.id}: ${unit}`);
    else if (typeof price === "number") rates[meter] = { usd_per_mtok: decimalText(price) };
    else
      rates[meter] = {
        usd_per_mtok: decimalText(price.base),
        tiers: price.tiers.map((t) => ({ above: t.start, usd_per_mtok: decimalText(t.price) })),
      };
  }
  return rates;
}

/**
 * Periods by date. A daily window carries no date in genai-prices, though its comments say that it begins with the
 * dated price before it: so it does here.
 */
function toPeriods(provider: string, model: GenaiModel): PricePeriod[] {
  if (!Array.isArray(model.prices)) return [{ rates: toRates(provider, model, model.prices as GenaiPrices) }];
  let since: { from?: string } = {};
  return (model.prices as readonly GenaiPeriod[]).map(({ constraint, prices }): PricePeriod => {
    const rates = toRates(provider, model, prices);
    if (constraint?.start_date !== undefined) return { ...(since = { from: constraint.start_date }), rates };
    if (constraint === undefined) return { rates };
    return { ...since, window: { start: minuteOf(constraint.start_time), end: minuteOf(constraint.end_time) }, rates };
  });
}

function minuteOf(time: string | undefined): number {
  const match = /^(\d\d):(\d\d):00Z$/.exec(time ?? "");
  if (!match) throw new Error(`a daily window in whole minutes UTC was expected, not ${String(time)}`);
  return Number(match[1]) * 60 + Number(match[2]);
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
  return [
    {
      id: model.id,
      equals: names,
      ...(rules.length > 0 ? { rules } : {}),
      periods,
      source: `genai-prices npm ${GENAI}`,
    },
  ];
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

const LITELLM_PROVIDERS: Readonly<Record<string, string>> = {
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

/** Where LiteLLM is followed although genai-prices lists the model, and why. */
const LITELLM_IS_RIGHT = new Map(
  ["deepseek-chat", "deepseek-reasoner"].map((id) => [
    `deepseek/${id}`,
    "its windows of 00:30-16:30 UTC ended in September 2025",
  ]),
);

function addLitellm(catalog: Map<string, CatalogModel[]>, map: Litellm): void {
  const book = createPriceBook([...catalog].map(([provider, models]) => ({ provider, models })));
  for (const [key, entry] of Object.entries(map)) {
    const provider = LITELLM_PROVIDERS[String(entry.litellm_provider)];
    const models = provider === undefined ? undefined : catalog.get(provider);
    if (provider === undefined || !models) continue;
    const name = key
      .slice(key.startsWith(`${String(entry.litellm_provider)}/`) ? key.indexOf("/") + 1 : 0)
      .toLowerCase();
    const theirs = litellmPeriod(provider, entry);
    const skip = whySkip(provider, name, entry, theirs.rates);
    if (skip !== "") notUnderstood.push(`litellm ${key}: ${skip}`);
    if (skip !== "" || (!theirs.rates.input && !theirs.rates.output)) continue;
    const exact = models.find((m) => m.equals.includes(name));
    const id = matchModel(book, provider, name)?.model;
    const known =
      exact ??
      models.find((m) => m.id === id?.id && id.provider === provider) ??
      models.find((m) => m.rules?.some((r) => matchesLoosely(r, name)));
    if (!known) models.push(ownModel(name, theirs));
    else joinModel(provider, { models, known, exact: exact !== undefined, name, theirs });
  }
}

/** A dated name of LiteLLM's at the price of its undated one is one more name of it, not a model of its own. */
function joinDated(models: readonly CatalogModel[]): CatalogModel[] {
  const names = new Map<string, string[]>();
  const kept = models.filter((model) => {
    const base =
      model.source.startsWith("litellm") &&
      models.find((m) => m !== model && m.id === model.id.replace(/[-@]20\d\d-?[01]\d-?[0-3]\d$/, ""));
    if (!base || JSON.stringify(base.periods) !== JSON.stringify(model.periods)) return true;
    names.set(base.id, [...(names.get(base.id) ?? []), ...model.equals]);
    return false;
  });
  return kept.map((m) =>
    names.has(m.id) ? { ...m, equals: [...new Set([...m.equals, ...(names.get(m.id) ?? [])])] } : m,
  );
}

const ownModel = (name: string, period: PricePeriod): CatalogModel => ({
  id: name,
  equals: [name],
  periods: [period],
  source: `litellm PyPI ${LITELLM}`,
});

function whySkip(provider: string, name: string, entry: Readonly<Record<string, unknown>>, rates: Rates): string {
  if ("tiered_pricing" in entry) return "tiered_pricing";
  if ("off_peak_pricing" in entry) return "off_peak_pricing";
  if (["aws", "azure"].includes(provider) && name.includes("/"))
    return "a region's price, which no reported name tells";
  if (rates.input && [rates.input, rates.output].every((r) => r === undefined || r.usd_per_mtok === "0"))
    return "free by this source alone";
  return "";
}

interface Joining {
  readonly models: CatalogModel[];
  readonly known: CatalogModel;
  readonly exact: boolean;
  readonly name: string;
  readonly theirs: PricePeriod;
}

/** A model of both sources: one more name, the meters that only LiteLLM lists, or a disagreement. */
function joinModel(provider: string, { models, known, exact, name, theirs }: Joining): void {
  if (!known.source.startsWith("genai")) return;
  const ours = known.periods.at(-1);
  const differing = (["input", "output", "cache_read", "cache_write"] as const).filter(
    (m) => ours?.rates[m] && theirs.rates[m] && ours.rates[m].usd_per_mtok !== theirs.rates[m].usd_per_mtok,
  );
  const right = LITELLM_IS_RIGHT.get(`${provider}/${name}`);
  const apart = right !== undefined || (differing.length > 0 && !isSameName(known, name, exact));
  for (const meter of differing) {
    const [a, b] = [ours?.rates[meter]?.usd_per_mtok, theirs.rates[meter]?.usd_per_mtok];
    disagreements.push({
      provider,
      model: known.id,
      name,
      meter,
      unit: "USD per million tokens",
      genai_prices: a,
      litellm: b,
      used: apart ? b : a,
      ...(right === undefined ? {} : { why: right }),
    });
  }
  const at = models.indexOf(known);
  if (apart && right === undefined) models.push(ownModel(name, theirs));
  else if (apart) models[at] = { ...known, periods: [theirs], source: `litellm PyPI ${LITELLM}` };
  else if (differing.length === 0 && ours)
    models[at] = {
      ...known,
      equals: [...new Set([...known.equals, name])],
      periods: [...known.periods.slice(0, -1), enrich(ours, theirs)],
    };
}

/** genai-prices speaks of this very name (regional Bedrock ids are its own reading), so its price goes first. */
const isSameName = (known: CatalogModel, name: string, exact: boolean): boolean =>
  exact ||
  (known.id.startsWith("regional.anthropic.") && name.startsWith("anthropic.")) ||
  known.equals.includes(name.replace(/-latest$/, ""));

/** Long cache writes and processing tiers, which genai-prices 0.1.8 does not know, at an equal input price. */
function enrich(ours: PricePeriod, theirs: PricePeriod): PricePeriod {
  if (ours.window || ours.rates.input?.usd_per_mtok !== theirs.rates.input?.usd_per_mtok) return ours;
  const { cache_write_1h, cache_write_12h } = theirs.rates;
  const rates = {
    ...(cache_write_1h ? { cache_write_1h } : {}),
    ...(cache_write_12h ? { cache_write_12h } : {}),
    ...ours.rates,
  };
  return { ...(theirs.services ? { services: theirs.services } : {}), ...ours, rates };
}

const SERVICES = { flex: "flex", priority: "priority", batches: "batch" } as const;

function litellmPeriod(provider: string, entry: Readonly<Record<string, unknown>>): PricePeriod {
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

const data = await readGenai();
const catalog = new Map(
  PROVIDERS.map((id) => [id, (data.find((p) => p.id === id)?.models ?? []).flatMap((m) => toModel(id, m))]),
);
addLitellm(catalog, readLitellm());
for (const [provider, models] of catalog) catalog.set(provider, joinDated(models));
rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
const write = (name: string, value: object): void =>
  writeFileSync(new URL(name, OUT), `${JSON.stringify(value, undefined, 1)}\n`);
for (const [provider, models] of catalog) write(`${provider}.json`, { provider, models } satisfies CatalogProvider);
write("disagreements.json", {
  note: "genai-prices and LiteLLM list different prices. genai-prices is used, unless LiteLLM lists the very name and genai-prices only a rule that takes it, or `why` says otherwise",
  disagreements,
  not_understood: notUnderstood.sort(),
});
const imports = PROVIDERS.map((p, i) => `import p${i} from "./${p}.json" with { type: "json" };`).join("\n");
writeFileSync(
  new URL("index.ts", OUT),
  `// Made by scripts/build-catalog.ts.\nimport type { CatalogProvider } from "../price-book.ts";\n${imports}\n\nexport const CATALOG = [${PROVIDERS.map((_, i) => `p${i}`).join(", ")}] as unknown as readonly CatalogProvider[];\n`,
);
process.stdout.write(
  `${[...catalog.values()].reduce((n, m) => n + m.length, 0)} models, ${disagreements.length} disagreements, ${notUnderstood.length} not understood\n`,
);
