/** A reading of a reported name: the model it may stand for, and why. */
export interface Candidate {
  readonly provider: string;
  readonly model: string;
  readonly because: string;
}

/** Names that senders use for a provider, and the book's name of it. */
const PROVIDERS: Readonly<Record<string, string>> = {
  openai: "openai", "text-completion-openai": "openai",
  anthropic: "anthropic",
  google: "google", gemini: "google", "google-genai": "google", google_genai: "google", vertex_ai: "google", vertexai: "google",
  "google-vertex": "google", "gcp.gemini": "google", "gcp.vertex_ai": "google", "gcp.gen_ai": "google", google_vertexai: "google",
  mistral: "mistral", mistral_ai: "mistral", mistralai: "mistral",
  deepseek: "deepseek",
  "x-ai": "x-ai", xai: "x-ai", x_ai: "x-ai",
  aws: "aws", bedrock: "aws", "aws.bedrock": "aws", aws_bedrock: "aws", "amazon-bedrock": "aws", bedrock_converse: "aws", amazon_bedrock: "aws",
  cohere: "cohere", cohere_chat: "cohere",
  groq: "groq",
  together: "together", together_ai: "together", togetherai: "together",
  fireworks: "fireworks", fireworks_ai: "fireworks",
  perplexity: "perplexity",
  openrouter: "openrouter",
  cerebras: "cerebras",
  azure: "azure", azure_ai: "azure", "azure.ai.openai": "azure", "az.ai.openai": "azure", "azure.ai.inference": "azure", "az.ai.inference": "azure",
  azure_openai: "azure",
};

/** Where a provider sells another maker's models at that maker's list price, by genai-prices' fallback_model_providers. */
export const PROVIDER_FALLBACKS: Readonly<Record<string, readonly string[]>> = {
  azure: ["openai"],
  google: ["anthropic"],
};

/** Makers, asked in this order, when a sender names no provider. Each lists its own models only. */
const MAKERS = ["openai", "anthropic", "google", "mistral", "deepseek", "x-ai", "cohere", "perplexity"];
const BEDROCK_REGION = /^(us|eu|apac|global|jp|au|ca|sa|me|af|us-gov)\.(?=[a-z0-9-]+\.)/;
const BEDROCK_ID = /^(anthropic|amazon|meta|mistral|cohere|ai21|deepseek|openai|qwen|stability|twelvelabs|writer)\.[a-z]/;
const RESOURCE = /^(?:arn:aws[^/]*|models|publishers\/[^/]+\/models|projects\/.*\/models|accounts\/[^/]+\/models)\//;

/** The readings of a reported name, the most literal first. The book takes the first one that it lists. */
export function candidates(provider: string, reportedModel: string): readonly Candidate[] {
  const reported = reportedModel.trim().toLowerCase();
  if (reported === "") return [];
  const named = PROVIDERS[provider.trim().toLowerCase()] ?? provider.trim().toLowerCase();
  return [...ownReadings(named, reported), ...prefixReadings(reported)];
}

function ownReadings(provider: string, model: string): Candidate[] {
  if (provider !== "") {
    const bedrock = provider !== "aws" && BEDROCK_ID.test(shapeOf(model)) ? readings("aws", model, "the id has Amazon Bedrock's form") : [];
    return [...readings(provider, model, "listed under this name"), ...bedrock];
  }
  if (BEDROCK_ID.test(shapeOf(model))) return readings("aws", model, "the id has Amazon Bedrock's form");
  return MAKERS.flatMap((maker) => readings(maker, model, `no provider was named, and ${maker} makes this model`));
}

const shapeOf = (model: string): string => model.replace(RESOURCE, "").replace(BEDROCK_REGION, "");

/** `openai/gpt-4o`: the name itself says who serves it. */
function prefixReadings(model: string): Candidate[] {
  const slash = model.indexOf("/");
  const prefix = slash > 0 ? PROVIDERS[model.slice(0, slash)] : undefined;
  if (prefix === undefined) return [];
  return readings(prefix, model.slice(slash + 1), `the name says ${model.slice(0, slash)}/`);
}

interface Step {
  readonly pattern: RegExp;
  readonly to: string;
  readonly because: string;
}

/** What may be taken off a name without changing the model, in this order. */
const STEPS: readonly Step[] = [
  { pattern: RESOURCE, to: "", because: "without its resource path" },
  { pattern: /^(ft:[^:]+):.*$/, to: "$1", because: "as a fine-tune of its base" },
  { pattern: BEDROCK_REGION, to: "", because: "without its region prefix" },
  { pattern: /(-v\d+)?:\d+(:\d+k)?$/, to: "", because: "without its version" },
  { pattern: /@(default|\d{8})$/, to: "", because: "without its version" },
  { pattern: /-\d{3}$/, to: "", because: "without its version" },
  { pattern: /-(20\d\d-[01]\d-[0-3]\d|20\d\d[01]\d[0-3]\d)$/, to: "", because: "without its date" },
  { pattern: /-latest$/, to: "", because: "without -latest" },
];

function readings(provider: string, model: string, because: string): Candidate[] {
  const found: Candidate[] = [{ provider, model, because }];
  let name = model;
  let reasons = because;
  for (const step of withOwnPrefix(provider)) {
    const shorter = name.replace(step.pattern, step.to);
    if (shorter === name || shorter === "") continue;
    name = shorter;
    reasons = `${reasons}, ${step.because}`;
    found.push({ provider, model: name, because: reasons });
  }
  return found;
}

const OWN_PREFIX = new Map<string, Step[]>();

/** A provider's own name in front of its model, as in `openai/gpt-4o` reported by openai. */
function withOwnPrefix(provider: string): readonly Step[] {
  let steps = OWN_PREFIX.get(provider);
  if (!steps) {
    const names = Object.keys(PROVIDERS).filter((name) => PROVIDERS[name] === provider).map((name) => name.replaceAll(".", "\\."));
    const own: Step[] = names.length === 0 ? [] : [{ pattern: new RegExp(`^(${names.join("|")})/`), to: "", because: "without its provider prefix" }];
    steps = [...own, ...STEPS];
    if (names.length > 0) OWN_PREFIX.set(provider, steps);
  }
  return steps;
}
