import { EARLIEST_MS, LATEST_MS, type GpuSample, type MetricPoint } from "@inferledger/events";
import { decodeMetricsJson } from "./decode-metrics-json.ts";
import { decodeMetrics, type Point } from "./decode-metrics.ts";
import { toTokenPoints } from "./metrics/token-points.ts";
import { reject, type OtlpEncoding, type Rejections } from "./read-records.ts";

export interface FromMetrics {
  readonly samples: GpuSample[];
  /** Points that count tokens or calls. */
  readonly points: MetricPoint[];
  readonly accepted: number;
  readonly rejected: Rejections;
  readonly ignored: number;
}

/** Utilization metrics, by the name that is left when Prometheus has had them (dots, case, unit suffix), the best measure first, and what of theirs makes 1. DCGM's ratios are 0–1, its GPU_UTIL percent. */
const UTILIZATION: readonly (readonly [string, number])[] = [
  ["hw_gpu_utilization", 1],
  ["dcgm_fi_prof_gr_engine_active", 1],
  ["dcgm_fi_dev_gpu_util", 100],
];

/** Values from here up are DCGM's blank: unsupported or not sampled. */
const BLANK = 2 ** 62;

/**
 * GPU utilization and counts of tokens from an OTLP metrics request. One reading per GPU and time: copies per pod (time-sharing) are
 * one, and where a sender gives several measures the best one counts.
 * @throws MalformedOtlp
 */
export function fromOtlpMetrics(
  body: Uint8Array,
  encoding: OtlpEncoding,
  context: { readonly tenant: string },
): FromMetrics {
  const points = encoding === "protobuf" ? decodeMetrics(body) : decodeMetricsJson(body);
  const read: Ranked[] = [];
  const rejected: Rejections = {};
  let ignored = 0;
  let accepted = 0;
  const counted: MetricPoint[] = [];
  for (const point of points) {
    const tokens = toTokenPoints(point, context.tenant);
    if ("reason" in tokens) {
      accepted += 1;
      reject(rejected, tokens.reason, tokens.message);
      continue;
    }
    if (tokens.length > 0) {
      accepted += 1;
      counted.push(...tokens);
      continue;
    }
    const rank = rankOf(point);
    if (rank === -1 || point.value >= BLANK || Number.isNaN(point.value) || point.noRecordedValue) {
      ignored += 1;
      continue;
    }
    accepted += 1;
    const sample = toSample(point, UTILIZATION[rank]?.[1] ?? 1, context.tenant);
    if ("fault" in sample) reject(rejected, sample.reason, sample.fault);
    else read.push({ rank, sample });
  }
  return { samples: keepBest(read), points: counted, accepted, rejected, ignored };
}

function rankOf(point: Point): number {
  const task = point.attributes.get("hw.gpu.task") ?? point.attributes.get("hw_gpu_task");
  if (task !== undefined && task !== "" && task !== "general") return -1;
  const name = point.name
    .toLowerCase()
    .replaceAll(".", "_")
    .replace(/_(ratio|percent)$/, "");
  return UTILIZATION.findIndex(([known]) => name === known);
}

function toSample(
  point: Point,
  one: number,
  tenant: string,
): GpuSample | { readonly reason: string; readonly fault: string } {
  const text = (...names: readonly string[]): string => {
    for (const name of names) {
      const value = point.attributes.get(name) ?? point.resource.get(name);
      if (value !== undefined && value !== "") return String(value).slice(0, 1024);
    }
    return "";
  };
  const gpu = text("hw.id", "hw_id", "UUID", "uuid", "gpu_uuid");
  const slice = text("GPU_I_ID");
  const time = point.timeMs;
  if (gpu === "")
    return { reason: "gpu_without_id", fault: `${point.name} needs hw.id (or UUID) to say which GPU it is about` };
  if (time <= EARLIEST_MS || time > LATEST_MS)
    return {
      reason: "time_out_of_range",
      fault: "a point's time must lie between 1970 and 2106: set the sender's clock",
    };
  const ratio = point.value / one;
  if (ratio < 0 || ratio > 1.0001)
    return {
      reason: "utilization_out_of_range",
      fault: `${point.name} must lie between 0 and ${one}, not ${point.value}`,
    };
  return {
    kind: "gpu",
    tenant,
    gpu: slice === "" ? gpu : `${gpu}/${slice}`,
    host: text("host.name", "k8s.node.name", "Hostname", "hostname"),
    pool: "",
    model: text("hw.model", "hw_model", "modelName"),
    source: point.name.toLowerCase().startsWith("dcgm") ? "dcgm" : "hw",
    time,
    utilization: Math.min(1_000_000, Math.round(ratio * 1_000_000)),
  };
}

interface Ranked {
  readonly rank: number;
  readonly sample: GpuSample;
}

/** Of each GPU its best measure alone, as two measures of one GPU at odd times would mix; of copies the highest. */
function keepBest(read: readonly Ranked[]): GpuSample[] {
  const bestRank = new Map<string, number>();
  for (const { rank, sample } of read) bestRank.set(sample.gpu, Math.min(rank, bestRank.get(sample.gpu) ?? rank));
  const best = new Map<string, GpuSample>();
  for (const { rank, sample } of read) {
    if (rank !== bestRank.get(sample.gpu)) continue;
    const key = `${sample.gpu}\u0000${sample.time}`;
    if (sample.utilization >= (best.get(key)?.utilization ?? 0)) best.set(key, sample);
  }
  return [...best.values()];
}
