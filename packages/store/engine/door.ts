import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { bearerOf, isSameSecret, PermanentError } from "@inferledger/runtime";
import { guardStatement, Refused } from "./guard-statement.ts";

export interface DoorOptions {
  readonly engine: { readonly url: string; readonly username: string; readonly password: string };
  readonly host: string;
  readonly port: number;
  /** What callers must send as password, x-clickhouse-key or bearer token; undefined on loopback: nothing. */
  readonly key: string | undefined;
}

export interface Door {
  readonly port: number;
  close(): Promise<void>;
}

const LONGEST_SQL = 256 * 1024;
const LIMITS: Readonly<Record<string, string>> = {
  readonly: "1",
  max_execution_time: "30",
  max_result_rows: "1000000",
  max_memory_usage: "2000000000",
  max_result_bytes: "268435456",
  // Pruning by partition loses rows of the second before a DateTime that a DateTime64 is compared with.
  use_partition_pruning: "0",
};

/** ClickHouse HTTP for a Grafana or a client that only reads: one SELECT at a time, guarded, with limits. */
export async function startDoor(options: DoorOptions): Promise<Door> {
  const server = createServer(
    { requestTimeout: 60_000 },
    (request, response) => void answer(request, response, options),
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE"
          ? new PermanentError(
              `port ${options.port} on ${options.host} is in use`,
              "stop what listens there, or set INFERLEDGER_DOOR_PORT to another port",
            )
          : error,
      ),
    );
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, options: DoorOptions): Promise<void> {
  const { engine } = options;
  try {
    const url = new URL(request.url ?? "/", "http://door");
    admit(request, url, options);
    const body = request.method === "POST" ? await readSql(request) : "";
    const sql = `${url.searchParams.get("query") ?? ""}${body}`;
    if (url.pathname === "/ping" || sql.trim() === "") return void response.end("Ok.\n");
    const guarded = guardStatement(
      sql,
      url.searchParams.get("default_format") ?? headerText(request, "x-clickhouse-format") ?? "TabSeparated",
    );
    const target = new URL(engine.url);
    for (const [name, value] of url.searchParams) if (name.startsWith("param_")) target.searchParams.set(name, value);
    for (const [name, value] of Object.entries(LIMITS)) target.searchParams.set(name, value);
    const result = await fetch(target, {
      method: "POST",
      body: guarded,
      headers: { authorization: `Basic ${Buffer.from(`${engine.username}:${engine.password}`).toString("base64")}` },
    });
    const kept = ["content-type", "x-clickhouse-format", "x-clickhouse-exception-code", "x-clickhouse-summary"].flatMap(
      (h) => (result.headers.has(h) ? [[h, result.headers.get(h) ?? ""] as const] : []),
    );
    response.writeHead(result.status, {
      ...Object.fromEntries(kept),
      "x-clickhouse-query-id": url.searchParams.get("query_id") ?? "",
    });
    response.end(new Uint8Array(await result.arrayBuffer()));
  } catch (thrown) {
    const refused = thrown instanceof Refused;
    if (response.headersSent) return void response.destroy();
    response.writeHead(refused ? 403 : 500, {
      "content-type": "text/plain",
      "x-clickhouse-exception-code": refused ? "164" : "1000",
    });
    response.end(
      refused
        ? `Code: 164. DB::Exception: ${thrown.message}. (READONLY)\n`
        : "Code: 1000. DB::Exception: the engine is away. (STD_EXCEPTION)\n",
    );
  }
}

/** @throws Refused when the key is wrong, or, where none is asked for, when another site's page may be asking by DNS rebinding */
function admit(request: IncomingMessage, url: URL, { key, host }: DoorOptions): void {
  if (key === undefined) {
    const name = (request.headers.host ?? "").replace(/:\d+$/, "");
    if (!["localhost", "127.0.0.1", "[::1]", host].includes(name))
      throw new Refused(`host ${name} is not answered here`);
    return;
  }
  const basic = /^Basic (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
  const given =
    bearerOf(request.headers.authorization) ??
    (basic === undefined
      ? undefined
      : Buffer.from(basic, "base64")
          .toString("utf8")
          .replace(/^[^:]*:/, "")) ??
    headerText(request, "x-clickhouse-key") ??
    url.searchParams.get("password") ??
    undefined;
  if (!isSameSecret(given, key)) throw new Refused("send the key as password, x-clickhouse-key or bearer token");
}

const headerText = (request: IncomingMessage, name: string): string | undefined => {
  const value = request.headers[name];
  return typeof value === "string" ? value : undefined;
};

async function readSql(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LONGEST_SQL) throw new Refused("the statement is over 256 kB");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
