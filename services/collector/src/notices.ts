import type { Notices } from "@inferledger/runtime";

export interface CollectorNotices {
  received(signal: string, lines: number): void;
  /** Sightings that could not be read, by a bounded reason. */
  rejected(reason: string, count: number): void;
  ignored(count: number): void;
  /** A whole request refused: its status and why. */
  refused(status: number, reason: string): void;
  logAway(cause: Error): void;
}

export const collectorNotices = (notices: Notices): CollectorNotices => ({
  received: (signal, lines) => notices.notice("collector.lines", lines, { signal }),
  rejected: (reason, count) => notices.notice("collector.rejected", count, { reason }),
  ignored: (count) => notices.notice("collector.ignored", count),
  refused: (status, reason) => notices.notice("collector.refused_requests", 1, { status, reason }),
  logAway: (cause) =>
    notices.warn("collector.log_away", `request answered 503, its sender will retry: ${cause.message}`),
});
