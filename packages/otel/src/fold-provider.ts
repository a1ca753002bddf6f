/** Older and senders' own names for a provider, as the current convention names it. Source: semconv deprecated registry, measured senders. */
const FOLDED: Readonly<Record<string, string>> = {
  "az.ai.inference": "azure.ai.inference",
  "az.ai.openai": "azure.ai.openai",
  azure: "azure.ai.openai",
  vertex_ai: "gcp.vertex_ai",
  gemini: "gcp.gemini",
  google: "gcp.gemini",
  "google.generative-ai": "gcp.gemini",
  "gcp.gen_ai": "gcp.gemini",
  xai: "x_ai",
  bedrock: "aws.bedrock",
  mistralai: "mistral_ai",
  cohere: "cohere",
  "openai.chat": "openai",
  "openai.responses": "openai",
  "anthropic.messages": "anthropic",
};

export function foldProvider(provider: string): string {
  const name = provider.trim().toLowerCase();
  return FOLDED[name] ?? name;
}
