/** What a sender is known not to tell, and how a team mends it. Measured with the versions named. */
export interface KnownGap {
  readonly id: string;
  /** Dialect and scope by which the sender shows itself. */
  readonly dialect: RegExp;
  readonly scope: RegExp;
  readonly measured: string;
  readonly what: string;
  readonly mend: string;
}

const ANY = /./;

export const KNOWN_GAPS: readonly KnownGap[] = [
  {
    id: "stream-without-usage",
    dialect: /^(otel-genai|traceloop|openinference|litellm|ai-sdk|openlit|semantic-kernel)/,
    scope: ANY,
    measured: "OpenAI's chat completions, any instrumentation",
    what: "a stream that was not asked for usage ends without it: the call is there, unpriced, or an estimate",
    mend: "ask for it: stream_options: {include_usage: true} (Vercel AI SDK 4: createOpenAI({compatibility: 'strict'}))",
  },
  {
    id: "cached-tokens-hidden",
    dialect: /^otel-genai$/,
    scope: /openai_v2|util\.genai\.handler|^@opentelemetry\/instrumentation-openai|semantic_kernel/,
    measured: "openai-v2 2.4b0, instrumentation-openai 0.22.0 (JavaScript), Semantic Kernel 1.45.0",
    what: "the cached part of the input is not reported: priced as plain input, an upper bound",
    mend: "use opentelemetry-instrumentation-genai-openai, or OpenInference",
  },
  {
    id: "responses-api-silent",
    dialect: /^otel-genai$/,
    scope: /openai_v2|util\.genai\.handler/,
    measured: "openai-v2 2.4b0",
    what: "calls of the Responses API send nothing",
    mend: "use opentelemetry-instrumentation-genai-openai",
  },
  {
    id: "agents-without-client-spans",
    dialect: /^otel-genai$/,
    scope: /openai_agents/,
    measured: "genai-openai-agents 1.3b0",
    what: "only agents and tools send spans, none of them usage",
    mend: "add opentelemetry-instrumentation-genai-openai beside it",
  },
  {
    id: "agents-chat-without-usage",
    dialect: /^(traceloop|openinference)$/,
    scope: /openai_agents$/,
    measured: "traceloop openai-agents 0.62.4, openinference openai-agents 2.6.0",
    what: "calls by a chat completions model carry no usage, or none on streams",
    mend: "use the Responses model, or instrument the OpenAI client besides",
  },
  {
    id: "js-streams-and-embeddings",
    dialect: /^openinference$/,
    scope: /^@arizeai\//,
    measured: "@arizeai/openinference-instrumentation-openai 4.2.7",
    what: "streamed chat and embeddings carry no tokens, and cache writes are not told from input",
    mend: "@opentelemetry/instrumentation-openai for streams; Vercel AI SDK 6 or newer",
  },
  {
    id: "estimated-streams",
    dialect: /^traceloop-js$/,
    scope: ANY,
    measured: "@traceloop/node-server-sdk 0.27.0",
    what: "streamed chat carries its own tokenizer's count of a few tokens, streamed responses and embeddings nothing; cached tokens are hidden",
    mend: "use @opentelemetry/instrumentation-openai or @arizeai/openinference-instrumentation-openai",
  },
  {
    id: "embeddings-silent",
    dialect: /^(langsmith|traceloop|otel-genai|openinference)$/,
    scope: /langsmith|langchain|semantic_kernel/,
    measured: "LangSmith 0.15.0, LangChain instrumentations, Semantic Kernel 1.45.0",
    what: "embeddings send nothing",
    mend: "instrument the provider's client besides",
  },
  {
    id: "gemini-embeddings",
    dialect: ANY,
    scope: /google/,
    measured: "google-genai instrumentations and OpenInference 1.4.14",
    what: "embeddings carry no tokens",
    mend: "none: the provider's answer has none; count characters by REST",
  },
  {
    id: "automatic-function-calling",
    dialect: ANY,
    scope: /google/,
    measured: "google-genai 1.3b0, Traceloop 0.62.4, OpenInference 1.4.14, OpenLIT 1.45.0",
    what: "with automatic function calling one span stands for two calls, and the first call's tokens are in no record",
    mend: "AutomaticFunctionCallingConfig(disable=True), or call the functions yourself",
  },
  {
    id: "gemini-thoughts-hidden",
    dialect: /^(ai-sdk|gemini-cli-span)$/,
    scope: ANY,
    measured: "Vercel AI SDK 4.3.19 (and 5 without streams), Gemini CLI 0.61.0's spans",
    what: "Gemini's thoughts are outside of the output that is reported: too low",
    mend: "Vercel AI SDK 6 or newer; of Gemini CLI send logs",
  },
  {
    id: "litellm-library-sync",
    dialect: /^litellm$/,
    scope: ANY,
    measured: "LiteLLM 1.106.2 with LITELLM_OTEL_V2",
    what: "synchronous completion() of the library sends no span of the call",
    mend: "acompletion(), the proxy, or version 1 of the callback",
  },
  {
    id: "openlit-beta-messages",
    dialect: /^openlit$/,
    scope: /anthropic/,
    measured: "OpenLIT 1.45.0",
    what: "anthropic.beta.messages is not instrumented",
    mend: "the Anthropic SDK's own spans, on as soon as a tracer provider exists",
  },
  {
    id: "bedrock-stream-cache",
    dialect: /^traceloop$/,
    scope: /bedrock$/,
    measured: "Traceloop bedrock 0.62.4",
    what: "streams of InvokeModel leave cached tokens out of figures that do not contain them: too low, an estimate",
    mend: "opentelemetry-instrumentation-genai-bedrock",
  },
  {
    id: "ai-sdk-stream-nan",
    dialect: /^ai-sdk$/,
    scope: ANY,
    measured: "Vercel AI SDK 4.3.19",
    what: "structured output by a failing provider answer, and streams of OpenAI without compatibility 'strict', carry no usage",
    mend: "Vercel AI SDK 5 or newer",
  },
];

/** The gaps that a sender, as it shows itself, is known to have. */
export const gapsOf = (dialect: string, scope: string): readonly KnownGap[] =>
  KNOWN_GAPS.filter((gap) => gap.dialect.test(dialect) && gap.scope.test(scope));
