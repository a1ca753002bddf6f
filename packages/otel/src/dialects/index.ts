import type { TelemetryRecord } from "../record.ts";
import { aiSdk, aiSdk7 } from "./ai-sdk.ts";
import { anthropicSdk, mistralSdk } from "./anthropic-sdk.ts";
import {
  claudeCodeLog,
  claudeCodeOther,
  claudeCodeSpan,
  codexLog,
  codexSpan,
  copilot,
  geminiCliLog,
  geminiCliSpan,
} from "./coding-agents.ts";
import type { Dialect } from "./dialect.ts";
import { bedrock, pydanticAi, strands, traceloop, traceloopJs, vllm } from "./frameworks.ts";
import { genai, genaiEvent } from "./genai.ts";
import { langfuse, langfuseOpenai, langsmith } from "./langchain.ts";
import { litellm, litellmRaw, openrouter } from "./litellm.ts";
import { openinference } from "./openinference.ts";
import { openlit, openlitEvent } from "./openlit.ts";

/** The particular before the general: the first that recognises a record reads it. */
export const DIALECTS: readonly Dialect[] = [
  anthropicSdk,
  mistralSdk,
  claudeCodeLog,
  claudeCodeOther,
  claudeCodeSpan,
  codexLog,
  codexSpan,
  geminiCliLog,
  geminiCliSpan,
  copilot,
  litellm,
  litellmRaw,
  openrouter,
  aiSdk,
  aiSdk7,
  langfuseOpenai,
  langfuse,
  langsmith,
  openinference,
  openlit,
  openlitEvent,
  pydanticAi,
  strands,
  vllm,
  bedrock,
  traceloop,
  traceloopJs,
  genaiEvent,
  genai,
];

const NONE: readonly number[] = [];
const bySign = index((d) => d.signs ?? []);
const byEvent = index((d) => d.events ?? []);
const byScope = new Map<string, readonly number[]>();
/** Senders choose the scopes' names: what is over this is looked up again each time. */
const MOST_SCOPES = 1000;

function index(keysOf: (dialect: Dialect) => readonly string[]): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  DIALECTS.forEach((dialect, i) => keysOf(dialect).forEach((key) => found.set(key, [...(found.get(key) ?? []), i])));
  return found;
}

function ofScope(scope: string): readonly number[] {
  const known = byScope.get(scope);
  if (known) return known;
  const found = DIALECTS.flatMap((d, i) => (d.scope?.test(scope) ? [i] : []));
  if (byScope.size < MOST_SCOPES) byScope.set(scope, found);
  return found;
}

/** The dialect that reads a record; undefined when it is not about a model's usage. */
export function dialectOf(record: TelemetryRecord): Dialect | undefined {
  let best = DIALECTS.length;
  const consider = (candidates: readonly number[]): void => {
    for (const i of candidates) if (i < best && (DIALECTS[i]?.when?.(record) ?? true)) best = i;
  };
  consider(ofScope(record.scope));
  if (record.signal === "log") consider(byEvent.get(record.name) ?? NONE);
  if (best > 0) for (const key of record.attributes.keys()) consider(bySign.get(key) ?? NONE);
  return DIALECTS[best];
}
