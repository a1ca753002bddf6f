import {
  gpuSampleSchema,
  isWholeSighting,
  linkSchema,
  metricPointSchema,
  receiptSchema,
  sightingSchema,
  type GpuSample,
  type Link,
  type MetricPoint,
  type Receipt,
  type Sighting,
} from "@inferledger/events";
import { fromUsageJson } from "@inferledger/otel";
import { GPU_TOPIC, RECEIPT_HEADER, TENANT_HEADER, type LogRecord } from "@inferledger/stream";

export interface ReadRecord {
  readonly sightings: readonly { readonly sighting: Sighting; readonly line: number }[];
  readonly links: readonly Link[];
  readonly samples: readonly GpuSample[];
  readonly points: readonly MetricPoint[];
  readonly receipt: Receipt;
  /** Lines that are no usage: field and fault. They are counted as rejected in the receipt. */
  readonly faults: readonly { readonly line: number; readonly field: string; readonly message: string }[];
}

type Read =
  | { sighting: Sighting }
  | { point: MetricPoint }
  | { link: Link }
  | { sample: GpuSample }
  | { field: string; message: string };

/**
 * Reads a log record of our topics: one JSON object per line, from our collector or from any producer.
 * A bad line is a fault of its own and never harms its neighbours.
 */
export function readRecord(record: LogRecord): ReadRecord {
  const tenant = record.headers[TENANT_HEADER] ?? "default";
  const lines = Buffer.from(record.value.buffer, record.value.byteOffset, record.value.byteLength)
    .toString("utf8")
    .split("\n");
  const result = {
    sightings: [] as { sighting: Sighting; line: number }[],
    links: [] as Link[],
    samples: [] as GpuSample[],
    points: [] as MetricPoint[],
    faults: [] as ReadRecord["faults"][number][],
  };
  lines.forEach((text, line) => {
    if (text.trim() === "") return;
    const read = readLine(text, tenant);
    if ("sighting" in read) result.sightings.push({ sighting: read.sighting, line });
    else if ("link" in read) result.links.push(read.link);
    else if ("sample" in read) result.samples.push(read.sample);
    else if ("point" in read) result.points.push(read.point);
    else result.faults.push({ line, ...read });
  });
  return { ...result, receipt: receiptOf(record, { ...result, tenant }) };
}

function readLine(text: string, tenant: string): Read {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { field: "(line)", message: "not JSON: each line must be one JSON object" };
  }
  if (isWholeSighting(value)) return { sighting: value.tenant === tenant ? value : { ...value, tenant } };
  const kind = typeof value === "object" && value !== null && "kind" in value ? value.kind : undefined;
  if (kind === "usage") return readAs(sightingSchema, value, (sighting) => ({ sighting: { ...sighting, tenant } }));
  if (kind === "link") return readAs(linkSchema, value, (link) => ({ link: { ...link, tenant } }));
  if (kind === "point") return readAs(metricPointSchema, value, (point) => ({ point: { ...point, tenant } }));
  if (kind === "gpu") return readAs(gpuSampleSchema, value, (sample) => ({ sample: { ...sample, tenant } }));
  const usage = fromUsageJson(value, { tenant, signal: "kafka" });
  return "ok" in usage ? { sighting: usage.ok } : usage.error;
}

interface Schema<T> {
  safeParse(
    value: unknown,
  ):
    | { success: true; data: T }
    | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } };
}

function readAs<T>(schema: Schema<T>, value: unknown, wrap: (data: T) => Read): Read {
  const parsed = schema.safeParse(value);
  if (parsed.success) return wrap(parsed.data);
  const issue = parsed.error.issues[0];
  return { field: issue?.path.join(".") ?? "(line)", message: issue?.message ?? "not valid" };
}

/** The record's own receipt, or one made from its lines; faults found only here are added to it. */
function receiptOf(
  record: LogRecord,
  { sightings, faults, tenant }: Pick<ReadRecord, "sightings" | "faults"> & { readonly tenant: string },
): Receipt {
  const header = record.headers[RECEIPT_HEADER];
  const sent = header === undefined ? undefined : receiptSchema.safeParse(safeJson(header));
  // The balance counts sightings of model calls; a reading that cannot be read is in the dead letter and its counter.
  if (record.topic === GPU_TOPIC) return { tenant, accepted: 0, rejected: {}, ignored: 0 };
  const rejected: Record<string, number> = { ...(sent?.success ? sent.data.rejected : {}) };
  for (const fault of faults) rejected[`line:${fault.field}`] = (rejected[`line:${fault.field}`] ?? 0) + 1;
  if (sent?.success) return { ...sent.data, tenant, rejected };
  return { tenant, accepted: sightings.length + faults.length, rejected, ignored: 0 };
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
