import { gzipSync } from "node:zlib";
import { setTimeout as sleep } from "node:timers/promises";

/** Posts to inferledger as tenant `demo`; what is answered 429 or 503 is sent again, as OTLP exporters do. */
export interface Sender {
  traces(body: object): Promise<void>;
  metrics(body: object): Promise<void>;
  declare(path: string, item: { readonly id: string }): Promise<void>;
}

export interface Target {
  readonly otlpUrl: string;
  readonly apiUrl: string;
  readonly headers: Readonly<Record<string, string>>;
}

const TRIES = 30;

export function createSender({ otlpUrl, apiUrl, headers }: Target): Sender {
  const post = async (url: string, body: object, method = "POST"): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await tryOnce(url, {
        method,
        headers: { ...headers, "content-type": "application/json", "content-encoding": "gzip" },
        body: new Uint8Array(gzipSync(JSON.stringify(body), { level: 1 })),
      });
      if (answer.ok) return;
      if (![429, 503].includes(answer.status) || attempt >= TRIES)
        throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
      await sleep(1000 * Number(answer.headers.get("retry-after") ?? 1));
    }
  };
  return {
    traces: (body) => post(`${otlpUrl}/v1/traces`, body),
    metrics: (body) => post(`${otlpUrl}/v1/metrics`, body),
    declare: (path, item) => post(`${apiUrl}${path}/${encodeURIComponent(item.id)}`, item, "PUT"),
  };
}

async function tryOnce(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (cause) {
    throw new Error(`nothing answers at ${url}: start inferledger with npm start in another terminal`, { cause });
  }
}
