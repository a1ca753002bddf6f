import type { Receipt } from "@inferledger/events";
import { MAX_RECORD_BYTES, type NewRecord } from "./stream.ts";
import { RECEIPT_HEADER } from "./topics.ts";

const EMPTY: Pick<Receipt, "accepted" | "rejected" | "ignored"> = { accepted: 0, rejected: {}, ignored: 0 };

/**
 * Cuts lines into records below the limit. The receipt goes with the first record; the others carry an empty
 * one, so that the sum over records is what came in. Every line must be shorter than a record.
 */
export function toRecords(
  lines: readonly string[],
  { headers, receipt }: { readonly headers: Readonly<Record<string, string>>; readonly receipt: Receipt },
): NewRecord[] {
  const chunks: string[][] = [[]];
  let bytes = 0;
  for (const line of lines) {
    const size = Buffer.byteLength(line) + 1;
    if (bytes + size > MAX_RECORD_BYTES && bytes > 0) {
      chunks.push([]);
      bytes = 0;
    }
    chunks.at(-1)?.push(line);
    bytes += size;
  }
  return chunks.map((chunk, index) => ({
    headers: { ...headers, [RECEIPT_HEADER]: JSON.stringify(index === 0 ? receipt : { ...receipt, ...EMPTY }) },
    value: Buffer.from(chunk.join("\n")),
  }));
}
