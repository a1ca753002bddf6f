import type { Notices } from "@inferledger/runtime";

export interface SettlerNotices {
  settled(buckets: number, calls: number): void;
  allocated(kind: "capex" | "gpu", scopes: number): void;
  passFailed(cause: Error): void;
}

export const settlerNotices = (notices: Notices): SettlerNotices => ({
  settled(buckets, calls) {
    notices.notice("settler.buckets", buckets);
    if (calls > 0) notices.notice("settler.calls", calls);
  },
  allocated: (kind, scopes) => notices.notice("settler.allocated", scopes, { kind }),
  passFailed: (cause) => notices.warn("settler.failed_passes", `settling failed and is tried again: ${cause.message}`),
});
