import { gzipSync } from "node:zlib";
import { getJson, type Running } from "./inferledger.ts";

export interface Amounts {
  readonly requests: number;
  readonly unpriced_requests: number;
  readonly tokens: Record<string, number>;
  readonly opex: string;
  readonly opex_gpu: string;
  readonly idle: string;
  readonly gpu_unknown: string;
  readonly capex_amortized: string;
  readonly total: string;
  readonly model?: string | null;
  readonly team?: string | null;
}
export interface Spend {
  readonly rows: readonly Amounts[];
  readonly total: Amounts;
}
export type Balance = Record<
  "accepted" | "priced" | "unpriced" | "rejected" | "duplicate" | "pending" | "ignored",
  number
>;

/** An hour back and an hour ahead: what a test sends now lies inside. */
export const RANGE = `from=${new Date(Date.now() - 3_600_000).toISOString()}&to=${new Date(Date.now() + 3_600_000).toISOString()}`;

/** What a test asks of and sends to a running inferledger, as a tenant of its own. */
export const createAsk = (running: () => Running) => ({
  spend: (tenant: string, more = ""): Promise<Spend> =>
    getJson<Spend>(`${running().api}/api/v1/spend?${RANGE}${more}`, tenant),
  balance: (tenant: string): Promise<Balance> => getJson<Balance>(`${running().api}/api/v1/balance?${RANGE}`, tenant),
  send: (body: object, tenant: string): Promise<Response> =>
    fetch(`${running().otlp}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json", "content-encoding": "gzip", "x-inferledger-tenant": tenant },
      body: gzipSync(JSON.stringify(body)),
    }),
  post: (path: string, body: object, tenant: string): Promise<Response> =>
    fetch(`${running().api}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-inferledger-tenant": tenant },
      body: JSON.stringify(body),
    }),
});
