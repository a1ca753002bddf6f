import type { IncomingMessage } from "node:http";
import { createGunzip } from "node:zlib";

/** A ClickHouse HTTP request: the statement, its parameters (param_x), its settings, and the rows of an insert. */
export interface EngineRequest {
  readonly sql: string;
  readonly params: ReadonlyMap<string, string>;
  readonly settings: ReadonlyMap<string, string>;
  readonly data: Buffer | undefined;
}

/** URL parameters that are neither settings nor query parameters. */
const NOT_SETTINGS = new Set([
  "query",
  "query_id",
  "database",
  "user",
  "password",
  "session_id",
  "default_format",
  "enable_http_compression",
  "wait_end_of_query",
  "send_progress_in_http_headers",
  "http_headers_progress_interval_ms",
  "role",
]);

export async function readRequest(request: IncomingMessage, url: URL): Promise<EngineRequest> {
  const body = await readBody(request);
  const params = new Map<string, string>();
  const settings = new Map<string, string>();
  for (const [name, value] of url.searchParams) {
    if (name.startsWith("param_")) params.set(name.slice("param_".length), value);
    else if (!NOT_SETTINGS.has(name)) settings.set(name, value);
  }
  const query = url.searchParams.get("query");
  if (query === null) return { sql: body.toString("utf8"), params, settings, data: undefined };
  return { sql: query, params, settings, data: body.length > 0 ? body : undefined };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const source = request.headers["content-encoding"] === "gzip" ? request.pipe(createGunzip()) : request;
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
