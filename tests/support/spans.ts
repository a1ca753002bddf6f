import { randomBytes } from "node:crypto";

type Value = string | number;

export interface SpanOptions {
  readonly attributes?: Readonly<Record<string, Value>>;
  readonly timeMs?: number;
  readonly withoutUsage?: boolean;
  readonly traceId?: string;
  readonly spanId?: string;
}

/** A chat call's span in OTLP/JSON: gpt-4o-mini, 100 input and 10 output tokens unless told otherwise. */
export function chatSpan({
  attributes = {},
  timeMs = Date.now(),
  withoutUsage = false,
  traceId,
  spanId,
}: SpanOptions): object {
  const usage = withoutUsage ? {} : { "gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 10 };
  const all = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o-mini",
    ...usage,
    ...attributes,
  };
  return {
    traceId: traceId ?? randomBytes(16).toString("hex"),
    spanId: spanId ?? randomBytes(8).toString("hex"),
    name: "chat",
    kind: 3,
    startTimeUnixNano: `${timeMs}000000`,
    endTimeUnixNano: `${timeMs + 500}000000`,
    attributes: Object.entries(all).map(toAttribute),
  };
}

const toAttribute = ([key, value]: readonly [string, Value]): object => ({
  key,
  value: typeof value === "number" ? { intValue: String(value) } : { stringValue: value },
});

export const traces = (
  spans: readonly object[],
  options: { readonly scope?: string; readonly service?: string } = {},
): object => ({
  resourceSpans: [
    {
      resource: { attributes: [{ key: "service.name", value: { stringValue: options.service ?? "test" } }] },
      scopeSpans: [{ scope: { name: options.scope ?? "test" }, spans }],
    },
  ],
});
