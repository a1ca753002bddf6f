import type { Receipt } from "@inferledger/events";
import { fromOtlpLogs, fromOtlpMetrics, fromOtlpTraces, MalformedOtlp, type OtlpEncoding } from "@inferledger/otel";
import { asError, inSpan, RetryableError } from "@inferledger/runtime";
import { GPU_TOPIC, TENANT_HEADER, toRecords, USAGE_TOPIC, type Publisher } from "@inferledger/stream";
import type { CollectorNotices } from "./notices.ts";
import { Refusal } from "./refusal.ts";

export type Signal = "traces" | "logs" | "metrics";

/** What the sender is told of a request that was taken: how much of it was rejected for good, and why. */
export interface Outcome {
  readonly rejected: number;
  readonly message: string;
}

export type Intake = (
  signal: Signal,
  body: Uint8Array,
  request: { readonly encoding: OtlpEncoding; readonly tenant: string },
) => Promise<Outcome>;

interface Decoded {
  /** For the topic of usage. */
  readonly lines: readonly object[];
  /** For the topic of GPU utilization. */
  readonly samples?: readonly object[];
  readonly accepted: number;
  readonly rejected: Readonly<Record<string, { readonly count: number; readonly message: string }>>;
  readonly ignored: number;
}

/**
 * Decodes a request and appends its lines and its receipt to the log. Resolved = durable.
 * @throws Refusal 400 not OTLP, 503 the log is away or full (the sender retries)
 */
export function createIntake(deps: { readonly publisher: Publisher; readonly notices: CollectorNotices }): Intake {
  return async (signal, body, { encoding, tenant }) => {
    const decoded = decode(signal, body, { encoding, tenant });
    await inSpan("collector.append", { signal, lines: decoded.lines.length }, () =>
      append(signal, { decoded, tenant }, deps),
    );
    for (const [reason, { count }] of Object.entries(decoded.rejected)) deps.notices.rejected(reason, count);
    if (decoded.ignored > 0) deps.notices.ignored(decoded.ignored);
    deps.notices.received(signal, decoded.lines.length + (decoded.samples?.length ?? 0));
    const reasons = Object.values(decoded.rejected);
    return {
      rejected: reasons.reduce((sum, r) => sum + r.count, 0),
      message: reasons.map((r) => r.message).join("; "),
    };
  };
}

function decode(
  signal: Signal,
  body: Uint8Array,
  { encoding, tenant }: { readonly encoding: OtlpEncoding; readonly tenant: string },
): Decoded {
  try {
    if (signal === "traces") return fromOtlpTraces(body, encoding, { tenant });
    if (signal === "logs") return fromOtlpLogs(body, encoding, { tenant });
    const { samples, points, ...counts } = fromOtlpMetrics(body, encoding, { tenant });
    return { ...counts, lines: points, samples };
  } catch (thrown) {
    if (thrown instanceof MalformedOtlp) throw new Refusal(400, "not_otlp", thrown.message);
    throw thrown;
  }
}

async function append(
  signal: Signal,
  { decoded, tenant }: { readonly decoded: Decoded; readonly tenant: string },
  deps: { readonly publisher: Publisher; readonly notices: CollectorNotices },
): Promise<void> {
  const none: Receipt = { tenant, accepted: 0, rejected: {}, ignored: 0 };
  const receipt = signal === "metrics" ? none : receiptOf(decoded, tenant);
  const counts = receipt.accepted > 0 || receipt.ignored > 0;
  try {
    if (counts || decoded.lines.length > 0)
      await deps.publisher.publish(USAGE_TOPIC, recordsOf(decoded.lines, tenant, receipt));
    if (decoded.samples && decoded.samples.length > 0)
      await deps.publisher.publish(GPU_TOPIC, recordsOf(decoded.samples, tenant, none));
  } catch (thrown) {
    deps.notices.logAway(asError(thrown));
    if (thrown instanceof RetryableError)
      throw new Refusal(503, "log_away", `not stored, send it again: ${thrown.message}`);
    throw new Refusal(503, "log_fault", "not stored because of a fault of the log, send it again");
  }
}

const recordsOf = (lines: readonly object[], tenant: string, receipt: Receipt): ReturnType<typeof toRecords> =>
  toRecords(
    lines.map((line) => JSON.stringify(line)),
    { headers: { [TENANT_HEADER]: tenant }, receipt },
  );

/** The balance counts sightings of model calls: points of metrics and GPU samples are outside it. */
function receiptOf(decoded: Decoded, tenant: string): Receipt {
  const rejected = Object.fromEntries(Object.entries(decoded.rejected).map(([reason, { count }]) => [reason, count]));
  return { tenant, accepted: decoded.accepted, rejected, ignored: decoded.ignored };
}
