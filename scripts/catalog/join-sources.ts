import { matchesLoosely, matchModel } from "@inferledger/cost-model/match-model";
import { createPriceBook, type CatalogModel, type PricePeriod, type Rates } from "@inferledger/cost-model/price-book";
import type { Findings } from "./findings.ts";
import { LITELLM, LITELLM_PROVIDERS, litellmPeriod, type Litellm } from "./from-litellm.ts";

/** Where LiteLLM is followed although genai-prices lists the model, and why. */
const LITELLM_IS_RIGHT = new Map(
  ["deepseek-chat", "deepseek-reasoner"].map((id) => [
    `deepseek/${id}`,
    "its windows of 00:30-16:30 UTC ended in September 2025",
  ]),
);

/** Adds what only LiteLLM lists, and notes where it lists another price. */
export function addLitellm(catalog: Map<string, CatalogModel[]>, map: Litellm, found: Findings): void {
  const book = createPriceBook([...catalog].map(([provider, models]) => ({ provider, models })));
  for (const [key, entry] of Object.entries(map)) {
    const provider = LITELLM_PROVIDERS[String(entry.litellm_provider)];
    const models = provider === undefined ? undefined : catalog.get(provider);
    if (provider === undefined || !models) continue;
    const name = key
      .slice(key.startsWith(`${String(entry.litellm_provider)}/`) ? key.indexOf("/") + 1 : 0)
      .toLowerCase();
    const theirs = litellmPeriod(provider, entry);
    const skip = whySkip({ provider, name }, entry, theirs.rates);
    if (skip !== "") found.notUnderstood.push(`litellm ${key}: ${skip}`);
    if (skip !== "" || (!theirs.rates.input && !theirs.rates.output)) continue;
    const exact = models.find((m) => m.equals.includes(name));
    const id = matchModel(book, provider, name)?.model;
    const known =
      exact ??
      models.find((m) => m.id === id?.id && id.provider === provider) ??
      models.find((m) => m.rules?.some((r) => matchesLoosely(r, name)));
    if (!known) models.push(ownModel(name, theirs));
    else joinModel(provider, { models, known, exact: exact !== undefined, name, theirs }, found);
  }
}

/** A dated name of LiteLLM's at the price of its undated one is one more name of it, not a model of its own. */
export function joinDated(models: readonly CatalogModel[]): CatalogModel[] {
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

function whySkip(
  { provider, name }: { readonly provider: string; readonly name: string },
  entry: Readonly<Record<string, unknown>>,
  rates: Rates,
): string {
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
function joinModel(provider: string, { models, known, exact, name, theirs }: Joining, found: Findings): void {
  if (!known.source.startsWith("genai")) return;
  const ours = known.periods.at(-1);
  const differing = (["input", "output", "cache_read", "cache_write"] as const).filter(
    (m) => ours?.rates[m] && theirs.rates[m] && ours.rates[m].usd_per_mtok !== theirs.rates[m].usd_per_mtok,
  );
  const right = LITELLM_IS_RIGHT.get(`${provider}/${name}`);
  const apart = right !== undefined || (differing.length > 0 && !isSameName(known, name, exact));
  for (const meter of differing) {
    const [a, b] = [ours?.rates[meter]?.usd_per_mtok, theirs.rates[meter]?.usd_per_mtok];
    found.disagreements.push({
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
