/** Calls of the corpus that their sender cannot tell, with the reason in the catalogue of known gaps. '*' = any. */
export interface Invisible {
  readonly sender: string;
  readonly api: string;
  readonly scenario: string;
  readonly stream: boolean | "*";
  readonly gap: string;
}

const call = (sender: string, what: string, gap: string): Invisible => {
  const [api = "*", scenario = "*", stream = "*"] = what.split("/");
  return { sender, api, scenario, stream: stream === "*" ? "*" : stream === "stream", gap };
};

export const INVISIBLE: readonly Invisible[] = [
  call("node-ai-4.3.19", "chat.completions/cached/stream", "ai-sdk-stream-nan"),
  call("node-ai-4.3.19", "chat.completions/cached/whole", "ai-sdk-stream-nan"),
  call("node-ai-4.3.19", "generateContent/cached", "gemini-thoughts-hidden"),
  call("node-ai-4.3.19", "streamGenerateContent/cached", "gemini-thoughts-hidden"),
  call(
    "node-arizeai-openinference-instrumentation-openai-4.2.7",
    "chat.completions/*/stream",
    "js-streams-and-embeddings",
  ),
  call("node-arizeai-openinference-instrumentation-openai-4.2.7", "embeddings", "js-streams-and-embeddings"),
  call("node-opentelemetry-instrumentation-openai-0.22.0", "chat.completions/plain/stream", "stream-without-usage"),
  call("node-traceloop-node-server-sdk-0.27.0", "chat.completions/*/stream", "estimated-streams"),
  call("node-traceloop-node-server-sdk-0.27.0", "responses/cached/stream", "estimated-streams"),
  call("node-traceloop-node-server-sdk-0.27.0", "embeddings", "estimated-streams"),
  call("py-langsmith-0.15.0", "embeddings", "embeddings-silent"),
  call("py-litellm-1.106.2-otelv1", "chat.completions/plain/stream", "stream-without-usage"),
  call("py-litellm-1.106.2-otelv2", "*", "litellm-library-sync"),
  call("py-openinference-instrumentation-google-genai-1.4.14", "generateContent/tool", "automatic-function-calling"),
  call("py-openinference-instrumentation-openai-0.1.66", "chat.completions/plain/stream", "stream-without-usage"),
  call("py-openlit-1.45.0", "chat.completions/plain/stream", "stream-without-usage"),
  call("py-openlit-1.45.0", "messages/cached", "openlit-beta-messages"),
  call("py-openlit-1.45.0", "generateContent/tool", "automatic-function-calling"),
  call("py-opentelemetry-instrumentation-bedrock-0.62.4", "invoke-with-response-stream/cached", "bedrock-stream-cache"),
  call("py-opentelemetry-instrumentation-genai-openai-1.3b0", "chat.completions/plain/stream", "stream-without-usage"),
  call("py-opentelemetry-instrumentation-genai-openai-agents-1.3b0", "*", "agents-without-client-spans"),
  call("py-opentelemetry-instrumentation-google-genai-1.3b0", "generateContent/tool", "automatic-function-calling"),
  call("py-opentelemetry-instrumentation-langchain-0.62.4", "embeddings", "embeddings-silent"),
  call("py-opentelemetry-instrumentation-openai-0.62.4", "chat.completions/plain/stream", "stream-without-usage"),
  call("py-opentelemetry-instrumentation-openai-agents-0.62.4", "chat.completions", "agents-chat-without-usage"),
  call("py-opentelemetry-instrumentation-openai-v2-2.4b0", "chat.completions/plain/stream", "stream-without-usage"),
  call("py-opentelemetry-instrumentation-openai-v2-2.4b0", "responses", "responses-api-silent"),
  call("py-semantic-kernel-1.45.0", "embeddings", "embeddings-silent"),
];

/** Bills that no call of the truth stands behind, each with its reason: input and output tokens. */
export const BEYOND: Readonly<Record<string, string>> = {
  "py-langfuse-5.0.4 13/5": "an observation that the program wrote by hand",
};
