import protobuf from "protobufjs";

/** For tests: another implementation of protobuf to encode with, so that ours is not checked against itself. */
const { root } = protobuf.parse(
  `syntax = "proto3";
  message TraceRequest { repeated ResourceSpans resourceSpans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scopeSpans = 2; string schemaUrl = 3; }
  message Resource { repeated KeyValue attributes = 1; uint32 droppedAttributesCount = 2; }
  message ScopeSpans { Scope scope = 1; repeated Span spans = 2; string schemaUrl = 3; }
  message Scope { string name = 1; string version = 2; }
  message Span { bytes traceId = 1; bytes spanId = 2; string traceState = 3; bytes parentSpanId = 4; string name = 5; int32 kind = 6; fixed64 startTimeUnixNano = 7; fixed64 endTimeUnixNano = 8;
    repeated KeyValue attributes = 9; uint32 droppedAttributesCount = 10; repeated Event events = 11; Status status = 15; fixed32 flags = 16; }
  message Event { fixed64 timeUnixNano = 1; string name = 2; repeated KeyValue attributes = 3; }
  message Status { string message = 2; int32 code = 3; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue { oneof value { string stringValue = 1; bool boolValue = 2; int64 intValue = 3; double doubleValue = 4; ArrayValue arrayValue = 5; KeyValueList kvlistValue = 6; bytes bytesValue = 7; } }
  message ArrayValue { repeated AnyValue values = 1; }
  message KeyValueList { repeated KeyValue values = 1; }
  message LogsRequest { repeated ResourceLogs resourceLogs = 1; }
  message ResourceLogs { Resource resource = 1; repeated ScopeLogs scopeLogs = 2; }
  message ScopeLogs { Scope scope = 1; repeated LogRecord logRecords = 2; }
  message LogRecord { fixed64 timeUnixNano = 1; int32 severityNumber = 2; string severityText = 3; AnyValue body = 5; repeated KeyValue attributes = 6; fixed32 flags = 8; bytes traceId = 9; bytes spanId = 10; fixed64 observedTimeUnixNano = 11; string eventName = 12; }
  message MetricsRequest { repeated ResourceMetrics resourceMetrics = 1; }
  message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scopeMetrics = 2; }
  message ScopeMetrics { Scope scope = 1; repeated Metric metrics = 2; }
  message Metric { string name = 1; string description = 2; string unit = 3; Numbers gauge = 5; Numbers sum = 7; }
  message Numbers { repeated Point dataPoints = 1; int32 aggregationTemporality = 2; bool isMonotonic = 3; }
  message Point { fixed64 startTimeUnixNano = 2; fixed64 timeUnixNano = 3; oneof value { double asDouble = 4; sfixed64 asInt = 6; } repeated KeyValue attributes = 7; uint32 flags = 8; }
  message TraceResponse { PartialSuccess partialSuccess = 1; }
  message PartialSuccess { int64 rejected = 1; string errorMessage = 2; }
  message RpcStatus { int32 code = 1; string message = 2; }`,
  { keepCase: true },
);

type Message = "TraceRequest" | "LogsRequest" | "MetricsRequest" | "TraceResponse" | "RpcStatus";
export type Json = { [key: string]: Json | readonly Json[] | string | number | boolean };

const HEX_IDS = new Set(["traceId", "spanId", "parentSpanId"]);

/** OTLP/JSON as protobuf. Ids become bytes. */
export function toProtobuf(type: Message, json: unknown): Uint8Array {
  const lookup = root.lookupType(type);
  const hexToBytes = JSON.parse(JSON.stringify(json), (key, value: unknown) =>
    HEX_IDS.has(key) && typeof value === "string" ? Buffer.from(value, "hex").toString("base64") : value,
  ) as { [k: string]: unknown };
  return lookup.encode(lookup.fromObject(hexToBytes)).finish();
}

export const fromProtobuf = (type: Message, bytes: Uint8Array): { [k: string]: unknown } =>
  root.lookupType(type).toObject(root.lookupType(type).decode(bytes), { longs: String, bytes: Buffer });

type Group = { readonly [list: string]: unknown };
const LISTS = {
  TraceRequest: ["resourceSpans", "scopeSpans", "spans"],
  LogsRequest: ["resourceLogs", "scopeLogs", "logRecords"],
} as const;

/** The same records, each in a request of its own. */
export function splitRequest(type: keyof typeof LISTS, bytes: Uint8Array): Uint8Array[] {
  const lookup = root.lookupType(type);
  return splitGroups(lookup.decode(bytes) as unknown as Group, type).map((one) => lookup.encode(one).finish());
}

export const splitJson = (type: keyof typeof LISTS, bytes: Uint8Array): Uint8Array[] =>
  splitGroups(JSON.parse(Buffer.from(bytes).toString()) as Group, type).map(toJsonBody);

function splitGroups(request: Group, type: keyof typeof LISTS): Group[] {
  const [groups, scopes, records] = LISTS[type];
  const list = (of: Group, name: string): readonly Group[] => (of[name] ?? []) as readonly Group[];
  return list(request, groups).flatMap((group) =>
    list(group, scopes).flatMap((scope) =>
      list(scope, records).map((record) => ({
        [groups]: [{ resource: group["resource"], [scopes]: [{ scope: scope["scope"], [records]: [record] }] }],
      })),
    ),
  );
}

export const toJsonBody = (json: unknown): Uint8Array => Buffer.from(JSON.stringify(json));

export const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
export const int = (key: string, value: number | string) => ({ key, value: { intValue: String(value) } });
/** NaN and Infinity as text, as JSON has no numbers for them. */
export const double = (key: string, value: number) => ({
  key,
  value: { doubleValue: Number.isFinite(value) ? value : String(value) },
});

export const TRACE = "5b8efff798038103d269b633813fc60c";
export const START = "1795417678595511200";

interface SpanParts {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly startTimeUnixNano?: string;
  readonly status?: { readonly code: number };
  readonly scope?: string;
}

/** A request of one span: a chat of openai, with more attributes. */
export const request = (attributes: readonly object[], parts: SpanParts = {}) => {
  const { scope = "test", ...span } = parts;
  return {
    resourceSpans: [
      {
        resource: { attributes: [text("service.name", "shop"), text("service.instance.id", "shop-1")] },
        scopeSpans: [
          {
            scope: { name: scope, version: "1" },
            spans: [
              {
                traceId: TRACE,
                spanId: "eee19b7ec3c1b174",
                name: "chat gpt-4o",
                kind: 3,
                startTimeUnixNano: START,
                endTimeUnixNano: "1795417679595511200",
                ...span,
                attributes,
              },
            ],
          },
        ],
      },
    ],
  };
};

export const CHAT = [
  text("gen_ai.operation.name", "chat"),
  text("gen_ai.provider.name", "openai"),
  text("gen_ai.request.model", "gpt-4o"),
  text("gen_ai.response.model", "gpt-4o-2024-08-06"),
];
