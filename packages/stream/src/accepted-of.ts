import { receiptSchema } from "@inferledger/events";
import { RECEIPT_HEADER, TENANT_HEADER } from "./topics.ts";

/**
 * How many sightings of a tenant a record's receipt says came in with it. A record without a receipt counts as
 * one: how many lines it has is found when it is read.
 */
export function acceptedOf(headers: Readonly<Record<string, string>>, tenant: string): number {
  const receipt = readReceipt(headers[RECEIPT_HEADER]);
  if (!receipt) return (headers[TENANT_HEADER] ?? "default") === tenant ? 1 : 0;
  return receipt.tenant === tenant ? receipt.accepted : 0;
}

function readReceipt(text: string | undefined): { readonly tenant: string; readonly accepted: number } | undefined {
  if (text === undefined) return undefined;
  try {
    return receiptSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
