import type { Call } from "./calls.ts";
import type { Reading } from "./gpu-readings.ts";
import { MODELS } from "./scenario.ts";

type Value = string | number;

const attribute = ([key, value]: readonly [string, Value]): object => ({
  key,
  value: typeof value === "number" ? { intValue: String(value) } : { stringValue: value },
});
const attributes = (values: Readonly<Record<string, Value>>): object[] => Object.entries(values).map(attribute);
const nanos = (ms: number): string => `${ms}000000`;

/** Calls as an OTLP/JSON trace request, as services instrumented by the GenAI conventions send them. */
export const toTraces = (calls: readonly Call[]): object => ({
  resourceSpans: [...Map.groupBy(calls, (c) => c.team)].map(([team, own]) => ({
    resource: {
      attributes: attributes({
        "service.name": team.service,
        team: team.team,
        "deployment.environment.name": "production",
      }),
    },
    scopeSpans: [{ scope: { name: "inferledger.demo" }, spans: own.map(toSpan) }],
  })),
});

function toSpan(call: Call): object {
  const { provider, model } = MODELS[call.model];
  return {
    traceId: call.traceId,
    spanId: call.spanId,
    name: `chat ${model}`,
    kind: 3,
    startTimeUnixNano: nanos(call.time),
    endTimeUnixNano: nanos(call.time + call.durationMs),
    attributes: attributes({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": provider,
      "gen_ai.request.model": model,
      "gen_ai.response.model": model,
      "gen_ai.response.id": `demo-${call.traceId}`,
      "gen_ai.usage.input_tokens": call.input,
      "gen_ai.usage.output_tokens": call.output,
      ...(call.cacheRead === 0 ? {} : { "gen_ai.usage.cache_read.input_tokens": call.cacheRead }),
    }),
  };
}

/** Readings as an OTLP/JSON metrics request, by the hw.gpu conventions. */
export const toMetrics = (readings: readonly Reading[]): object => ({
  resourceMetrics: [
    {
      resource: { attributes: attributes({ "service.name": "gpu-exporter" }) },
      scopeMetrics: [
        {
          scope: { name: "inferledger.demo" },
          metrics: [{ name: "hw.gpu.utilization", unit: "1", gauge: gauge(readings) }],
        },
      ],
    },
  ],
});

const gauge = (readings: readonly Reading[]): object => ({
  dataPoints: readings.map(({ gpu, time, utilization }) => ({
    timeUnixNano: nanos(time),
    asDouble: utilization,
    attributes: attributes({ "hw.id": gpu }),
  })),
});
