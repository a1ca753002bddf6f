import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { PermanentError } from "@inferledger/runtime";
import { guardStatement, Refused } from "./guard-statement.ts";

export interface DoorOptions {
  readonly engine: { readonly url: string; readonly username: string; readonly password: string };
  readonly host: string;
  readonly port: number;
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

async function answer(request: IncomingMessage, response: ServerResponse, { engine }: DoorOptions): Promise<void> {
  try {
    const url = new URL(request.url ?? "/", "http://door");
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
