import type { BookModel, MatchRule, PriceBook } from "./price-book.ts";

/** OpenTelemetry's and senders' provider names, as the catalogue names them. */
const PROVIDERS: Readonly<Record<string, string>> = {
  "openai.chat": "openai", "openai.responses": "openai", "anthropic.messages": "anthropic",
  "gcp.gemini": "google", "gcp.vertex_ai": "google", "gcp.gen_ai": "google", gemini: "google", vertex_ai: "google", "google.generative-ai": "google",
  "aws.bedrock": "aws", bedrock: "aws", amazon: "aws", "azure.ai.openai": "azure", "az.ai.openai": "azure", "azure.ai.inference": "azure",
  mistral_ai: "mistral", mistralai: "mistral", x_ai: "x-ai", xai: "x-ai", together_ai: "together", fireworks_ai: "fireworks", moonshot_ai: "moonshotai",
};

/** Asked in this order where the sender names no provider that we know: who makes the model. */
const MAKERS = ["openai", "anthropic", "google", "mistral", "deepseek", "x-ai", "cohere", "aws"] as const;

/** Where a host lists no price of its own for a maker's model, the maker's list price is the host's. */
const FALLBACKS: Readonly<Record<string, string>> = { azure: "openai" };

export interface Match {
  readonly model: BookModel;
  /** How it was found, for a person. */
  readonly why: string;
}

const CACHE_LIMIT = 10_000;
const caches = new WeakMap<PriceBook, Map<string, Match | undefined>>();

/** Finds the catalogue's model for what a sender reported, or undefined: never the nearest, never a guess. */
export function matchModel(book: PriceBook, provider: string, reported: string): Match | undefined {
  let cache = caches.get(book);
  if (!cache) caches.set(book, (cache = new Map()));
  const key = `${provider}\u0000${reported}`;
  if (cache.has(key)) return cache.get(key);
  const match = findModel(book, provider.toLowerCase(), reported.trim().toLowerCase());
  if (cache.size >= CACHE_LIMIT) cache.clear();
  cache.set(key, match);
  return match;
}

function findModel(book: PriceBook, provider: string, reported: string): Match | undefined {
  if (reported === "") return undefined;
  const known = PROVIDERS[provider] ?? provider;
  const models = book.providers.get(known);
  if (models) return inProvider(models, reported, known) ?? inFallback(book, known, reported);
  const slash = reported.indexOf("/");
  const prefix = slash > 0 ? reported.slice(0, slash) : "";
  if (prefix !== "" && (book.providers.has(PROVIDERS[prefix] ?? prefix))) return findModel(book, prefix, reported.slice(slash + 1));
  for (const maker of MAKERS) {
    const match = inProvider(book.providers.get(maker) ?? [], reported, maker);
    if (match) return match;
  }
  return undefined;
}

function inFallback(book: PriceBook, provider: string, reported: string): Match | undefined {
  const maker = FALLBACKS[provider];
  return maker === undefined ? undefined : inProvider(book.providers.get(maker) ?? [], reported, `${maker}, whose list price ${provider} charges`);
}

function inProvider(models: readonly BookModel[], reported: string, where: string): Match | undefined {
  const names = [reported, reported.replace(/^models\//, ""), reported.slice(reported.lastIndexOf("/") + 1)];
  for (const name of new Set(names)) {
    const exact = models.find((m) => m.equals.includes(name));
    if (exact) return { model: exact, why: `${JSON.stringify(name)} is a name of ${exact.id} at ${where}` };
    const ruled = models.find((m) => m.rules.some((rule) => matches(rule, name)));
    if (ruled) return { model: ruled, why: `a rule of ${ruled.id} at ${where} takes ${JSON.stringify(name)}` };
  }
  return undefined;
}

function matches(rule: MatchRule, name: string): boolean {
  if ("equals" in rule) return name === rule.equals;
  if ("starts_with" in rule) return name.startsWith(rule.starts_with);
  if ("ends_with" in rule) return name.endsWith(rule.ends_with);
  if ("contains" in rule) return name.includes(rule.contains);
  if ("regex" in rule) return new RegExp(rule.regex, "i").test(name);
  if ("and" in rule) return rule.and.every((r) => matches(r, name));
  return rule.or.some((r) => matches(r, name));
}
