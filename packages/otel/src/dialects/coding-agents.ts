import { readCost, readNumber, readText, toDecimal } from "../read-value.ts";
import type { TelemetryRecord } from "../record.ts";
import type { Dialect } from "./dialect.ts";
import { GENAI_NAMES } from "./genai-names.ts";
import { genaiRole, hasUsage } from "./genai-role.ts";

const BARE = {
  input: ["input_tokens"],
  output: ["output_tokens"],
  cacheRead: ["cache_read_tokens"],
  cacheWrite: ["cache_creation_tokens"],
  cacheWrite5m: ["cache_creation_5m_tokens"],
  cacheWrite1h: ["cache_creation_1h_tokens"],
} as const;

/** Claude Code's event of a request: the record to bill. Input is Anthropic's own, without cached tokens. Measured with 2.1.197 and 2.1.330. */
export const claudeCodeLog: Dialect = {
  name: "claude-code",
  events: ["claude_code.api_request", "api_request"],
  scope: /^com\.anthropic\.claude_code\.events$/,
  when: ({ signal, name, attributes }) =>
    signal === "log" && /(^|\.)api_request$/.test(name) && attributes.has("input_tokens"),
  role: () => "call",
  precedence: 35,
  names: BARE,
  inclusive: false,
  model: (attributes) => readText(attributes, ["model"]).replace(/\[1m\]$/, ""),
  provider: () => "anthropic",
  requestIds: ["request_id", "client_request_id"],
  cost: (attributes) => {
    const micros = readNumber(attributes, "cost_usd_micros");
    return readCost(attributes, ["cost_usd"]) ?? (micros ? toDecimal(micros / 1e6) : undefined);
  },
};

/** Other events of Claude Code: no usage. */
export const claudeCodeOther: Dialect = {
  name: "claude-code-event",
  scope: /^com\.anthropic\.claude_code\.events$/,
  role: () => "ignore",
  precedence: 90,
  names: {},
};

export const claudeCodeSpan: Dialect = {
  ...claudeCodeLog,
  name: "claude-code-span",
  events: [],
  scope: /^com\.anthropic\.claude_code\.tracing$/,
  when: ({ signal }) => signal === "span",
  role: ({ attributes, name }) =>
    attributes.get("span.type") === "llm_request" || name === "claude_code.llm_request" ? "call" : "link",
  precedence: 50,
  reads: ["span.type"],
};

/** Codex CLI's event of a completed response: the record to bill; it has no id of any kind. Two come per call, one with usage. Measured with 0.169.0. */
export const codexLog: Dialect = {
  name: "codex",
  events: ["codex.sse_event"],
  role: ({ attributes }) =>
    attributes.get("event.kind") === "response.completed" && attributes.has("input_token_count") ? "call" : "ignore",
  precedence: 35,
  names: {
    input: ["input_token_count"],
    output: ["output_token_count"],
    cacheRead: ["cached_token_count"],
    cacheWrite: ["cache_write_token_count"],
    reasoning: ["reasoning_token_count"],
    total: ["tool_token_count"],
  },
  inclusive: true,
  model: (attributes) => readText(attributes, ["model", "slug"]),
  provider: () => "openai",
  pairsByFigures: true,
  reads: ["event.kind", "conversation.id"],
};

/** Codex CLI's spans: `handle_responses` repeats the event without naming the model; the turn adds its calls up. */
export const codexSpan: Dialect = {
  name: "codex-span",
  signs: ["codex.usage.total_tokens", "codex.turn.token_usage.total_tokens"],
  when: ({ signal }) => signal === "span",
  role: ({ attributes }) => (attributes.has("codex.turn.token_usage.total_tokens") ? "aggregate" : "call"),
  precedence: 50,
  names: {
    ...GENAI_NAMES,
    input: [...GENAI_NAMES.input, "codex.turn.token_usage.input_tokens"],
    output: [...GENAI_NAMES.output, "codex.turn.token_usage.output_tokens"],
    cacheRead: [...GENAI_NAMES.cacheRead, "codex.turn.token_usage.cached_input_tokens"],
    cacheWrite: [...GENAI_NAMES.cacheWrite, "codex.turn.token_usage.cache_write_input_tokens"],
    reasoning: [...GENAI_NAMES.reasoning, "codex.turn.token_usage.reasoning_output_tokens"],
    total: ["codex.usage.total_tokens", "codex.turn.token_usage.total_tokens"],
  },
  inclusive: true,
  model: (attributes) => readText(attributes, ["gen_ai.response.model", "gen_ai.request.model", "model"]),
  provider: () => "openai",
  pairsByFigures: true,
};

/** Gemini CLI's event of a response: the record to bill; output leaves the thoughts out. Measured with 0.61.0. */
export const geminiCliLog: Dialect = {
  name: "gemini-cli",
  events: ["gemini_cli.api_response"],
  role: () => "call",
  precedence: 35,
  names: {
    input: ["input_token_count"],
    output: ["output_token_count"],
    cacheRead: ["cached_content_token_count"],
    reasoning: ["thoughts_token_count"],
    total: ["total_token_count"],
  },
  amend: (figures) => ({ ...figures, outputHasReasoning: false }),
  inclusive: true,
  model: (attributes) => readText(attributes, ["model"]),
  provider: () => "gcp.gemini",
  pairsByFigures: true,
  reads: ["prompt_id"],
};

const isGeminiCli = ({ scope }: TelemetryRecord): boolean => scope === "gemini-cli";

/** Gemini CLI's span and its event of the conventions: neither tells the thoughts or the cached part. */
export const geminiCliSpan: Dialect = {
  name: "gemini-cli-span",
  scope: /^gemini-cli$/,
  when: (record) => isGeminiCli(record) && record.name !== "gemini_cli.api_response",
  role: (record) => {
    if (hasUsage(record)) return genaiRole(record);
    return record.signal === "span" ? "link" : "ignore";
  },
  precedence: 70,
  names: GENAI_NAMES,
  inclusive: true,
  atBest: () => "estimated",
  provider: () => "gcp.gemini",
  pairsByFigures: true,
};

/** GitHub Copilot, CLI and VS Code: the conventions' names, inclusive. Its cost counts premium requests, no dollars. CLI measured with 1.0.102, VS Code from its documentation. */
export const copilot: Dialect = {
  name: "github-copilot",
  signs: ["github.copilot.cost", "copilot_chat.time_to_first_token", "copilot_chat.model"],
  scope: /^(github\.copilot|copilot[-_]chat)$/,
  when: ({ signal }) => signal === "span",
  role: genaiRole,
  precedence: 50,
  names: GENAI_NAMES,
  inclusive: true,
  provider: (attributes) => {
    const provider = readText(attributes, ["gen_ai.provider.name", "gen_ai.system"]);
    return provider === "github" ? "" : provider;
  },
};
