import type { BookModel, MatchRule, PriceBook } from "./price-book.ts";

/** OpenTelemetry's and senders' provider names, as the catalogue names them. */
const PROVIDERS: Readonly<Record<string, string>> = {
  "openai.chat": "openai",
  "openai.responses": "openai",
  "anthropic.messages": "anthropic",
  "gcp.gemini": "google",
  "gcp.vertex_ai": "google",
  "gcp.gen_ai": "google",
  gemini: "google",
  vertex_ai: "google",
  "google.generative-ai": "google",
  "aws.bedrock": "aws",
  bedrock: "aws",
  amazon: "aws",
  "azure.ai.openai": "azure",
  "az.ai.openai": "azure",
  "azure.ai.inference": "azure",
  mistral_ai: "mistral",
  mistralai: "mistral",
  x_ai: "x-ai",
  xai: "x-ai",
  together_ai: "together",
  fireworks_ai: "fireworks",
  moonshot_ai: "moonshotai",
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
  if (!cache) caches.set(book, (cache = new Map<string, Match | undefined>()));
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
  const own = models && (inProvider(models, reported, known) ?? inFallback(book, known, reported));
  return (
    own ?? byPrefix(book, reported) ?? (models || SELF_HOSTED.test(known) ? undefined : byMaker(book, known, reported))
  );
}

/** Engines that run anyone's weights on one's own machines: what a vendor asks for the same weights is no price of theirs. */
const SELF_HOSTED =
  /vllm|ollama|sglang|tgi|llama|lm.?studio|triton|tensorrt|nim$|localai|huggingface|onnx|mlx|ray|bentoml/;

/** `anthropic/claude-…` and Bedrock's `us.anthropic.claude-…`: the name itself says who serves it. */
function byPrefix(book: PriceBook, reported: string): Match | undefined {
  const slash = reported.indexOf("/");
  const prefix = slash > 0 ? reported.slice(0, slash) : "";
  const named = PROVIDERS[prefix] ?? prefix;
  const models = book.providers.get(named);
  if (models) return inProvider(models, reported.slice(slash + 1), named);
  return BEDROCK_ID.test(reported)
    ? inProvider(book.providers.get("aws") ?? [], reported, "aws, whose form the name has")
    : undefined;
}

const BEDROCK_ID = /^(?:[a-z-]{2,6}\.)?(?:anthropic|amazon|meta|mistral|cohere|ai21|deepseek|openai|qwen)\.[a-z]/;

/** Open weights are served by many hosts at many prices: without the host's name they have none. */
const OPEN_WEIGHTS =
  /gpt-oss|gemma|llama|mistral-7b|mixtral|nemo|ministral|devstral|pixtral|voxtral|magistral-small|mistral-small|deepseek-(?:r1|v\d)|distill|command-r|aya/;

function byMaker(book: PriceBook, provider: string, reported: string): Match | undefined {
  if (OPEN_WEIGHTS.test(reported)) return undefined;
  for (const maker of MAKERS) {
    const match = inProvider(
      book.providers.get(maker) ?? [],
      reported,
      `${maker}, its maker (${provider === "" ? "no provider was named" : `no price of ${provider}'s is known`})`,
    );
    if (match) return match;
  }
  return undefined;
}

function inFallback(book: PriceBook, provider: string, reported: string): Match | undefined {
  const maker = FALLBACKS[provider];
  return maker === undefined
    ? undefined
    : inProvider(book.providers.get(maker) ?? [], reported, `${maker}, whose list price ${provider} charges`);
}

/** `ft:gpt-4o-2024-08-06:acme::x1` ends with whose tuning it is. */
const TUNED = /^(ft:[^:]+):.*$/;

/** A date or version at a name's end that changes nothing: a name that the catalogue prices apart is listed whole. */
const DATED = /(?:[-@]20\d\d-?[01]\d-?[0-3]\d|@default)$/;

function inProvider(models: readonly BookModel[], reported: string, where: string): Match | undefined {
  const names = new Set([
    reported,
    reported.replace(/^models\//, ""),
    reported.slice(reported.lastIndexOf("/") + 1),
    reported.replace(TUNED, "$1"),
  ]);
  for (const name of names) {
    const exact = models.find((m) => m.equals.includes(name));
    if (exact) return { model: exact, why: `${JSON.stringify(name)} is a name of ${exact.id} at ${where}` };
    const undated = name.replace(DATED, "");
    const dated = undated === name ? undefined : models.find((m) => m.equals.includes(undated));
    if (dated)
      return { model: dated, why: `${JSON.stringify(name)} without its date is a name of ${dated.id} at ${where}` };
    const ruled = models.find((m) => m.rules.some((rule) => matches(rule, name)));
    if (ruled) return { model: ruled, why: `a rule of ${ruled.id} at ${where} takes ${JSON.stringify(name)}` };
  }
  return undefined;
}

/** What may stand before or behind a rule's words in a name of the same model: regions, dates, versions, releases. */
const BEFORE =
  /^(?:(?:us|eu|apac|global|jp|au|ca|regional)\.|arn:.*\/|(?:us|eu|apac|global|jp|au|ca)\.anthropic\.|.*\.|.*\/)?$/;
const BEHIND =
  /^\d{0,8}(?:[-@]?v\d+|[-@]\d{3,8}|[-@]20\d\d-\d\d-\d\d|-\d\d-(?:\d\d|20\d\d)|:\d+k?|[-@](?:latest|preview|exp|experimental|beta|default|instruct))*$/;

function matches(rule: MatchRule, name: string): boolean {
  if ("equals" in rule) return name === rule.equals;
  if ("starts_with" in rule)
    return name.startsWith(rule.starts_with) && BEHIND.test(name.slice(rule.starts_with.length));
  if ("ends_with" in rule) return name.endsWith(rule.ends_with);
  if ("contains" in rule) return containsAlone(name, rule.contains);
  if ("regex" in rule) return new RegExp(rule.regex, "i").test(name);
  if ("and" in rule) return rule.and.every((r) => matchesLoosely(r, name));
  return rule.or.some((r) => matches(r, name));
}

/** A part of an `and` narrows what the other parts say, so it is read as its source wrote it. */
export function matchesLoosely(rule: MatchRule, name: string): boolean {
  if ("starts_with" in rule) return name.startsWith(rule.starts_with);
  if ("contains" in rule) return name.includes(rule.contains);
  if ("and" in rule) return rule.and.every((r) => matchesLoosely(r, name));
  if ("or" in rule) return rule.or.some((r) => matchesLoosely(r, name));
  return matches(rule, name);
}

function containsAlone(name: string, words: string): boolean {
  const at = name.indexOf(words);
  return at >= 0 && BEFORE.test(name.slice(0, at)) && BEHIND.test(name.slice(at + words.length));
}
