import type { Notices } from "@inferledger/runtime";

/** What the pricing worker has to tell: one fact, one counter, and a line where a person should look. */
export interface WorkerNotices {
  stored(rows: number, unpriced: number): void;
  deadLetter(reason: string, origin: string): void;
  lineRejected(field: string): void;
  storeAway(cause: Error): void;
}

export const workerNotices = (notices: Notices): WorkerNotices => ({
  stored(rows, unpriced) {
    notices.notice("worker.rows", rows);
    if (unpriced > 0) notices.notice("worker.unpriced", unpriced);
  },
  deadLetter: (reason, origin) =>
    notices.warn("worker.dead_letters", `record ${origin} went to the dead letter: ${reason}`),
  lineRejected: (field) => notices.notice("worker.rejected_lines", 1, { field }),
  storeAway: (cause) => notices.warn("worker.retries", `batch not stored, trying again: ${cause.message}`),
});
