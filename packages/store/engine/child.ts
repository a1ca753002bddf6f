import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isSameSecret } from "@inferledger/runtime";
import { openEngine, type EngineConnections } from "./connections.ts";
import { engineError, runStatement } from "./run-statement.ts";
import { readRequest } from "./read-request.ts";

/**
 * The process that owns the ClickHouse engine (chDB) and speaks ClickHouse HTTP on a private loopback port.
 * Its parent sends `{ folder, password }` first and hears `{ port }` or `{ fault }`. It ends with its parent:
 * on `close`, or when the channel breaks because the parent was killed. Terminal signals are the parent's business.
 */
interface Start {
  readonly folder: string;
  readonly password: string;
  readonly memoryBytes: number;
}

/** Parameters come in the URL: a ClickHouse server takes 1 MiB of it, Node by itself 16 KiB. */
const MOST_URL_BYTES = 2 ** 20;

process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => undefined);
process.once("message", (start: Start) => void serve(start));
// The parent is gone: nothing can be handed over, and the folder's lock has to be free at once.
process.once("disconnect", () => process.kill(process.pid, "SIGKILL"));

async function serve(start: Start): Promise<void> {
  let engine: EngineConnections;
  try {
    engine = openEngine(start);
  } catch (thrown) {
    process.send?.({ fault: String(thrown) }, () => process.exit(1));
    return;
  }
  const server = createServer(
    { requestTimeout: 0, maxHeaderSize: MOST_URL_BYTES },
    (request, response) => void answer(request, response, { engine, password: start.password }),
  );
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
  process.on("message", (message) => {
    if (message !== "close") return;
    server.close();
    server.closeAllConnections();
    void engine.close().then(
      () => process.exit(0),
      () => process.exit(0),
    );
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  own: { readonly engine: EngineConnections; readonly password: string },
): Promise<void> {
  try {
    const url = new URL(request.url ?? "/", "http://engine");
    if (url.pathname === "/ping") return void response.end("Ok.\n");
    if (!authorized(request, own.password))
      return fail(response, 403, "Code: 516. DB::Exception: wrong user or password. (AUTHENTICATION_FAILED)");
    const result = await runStatement(await readRequest(request, url), own.engine);
    response.writeHead(200, {
      "content-type": "text/plain; charset=UTF-8",
      "x-clickhouse-query-id": url.searchParams.get("query_id") ?? "",
      "x-clickhouse-format": result.format,
      "x-clickhouse-summary": result.summary,
    });
    response.end(result.body);
  } catch (thrown) {
    const { status, text } = engineError(thrown);
    fail(response, status, text);
  }
}

function fail(response: ServerResponse, status: number, text: string): void {
  const code = /^Code: (\d+)/.exec(text)?.[1] ?? "1000";
  response.writeHead(status, { "content-type": "text/plain; charset=UTF-8", "x-clickhouse-exception-code": code });
  response.end(`${text}\n`);
}

function authorized(request: IncomingMessage, password: string): boolean {
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? "")?.[1];
  const given =
    basic === undefined
      ? request.headers["x-clickhouse-key"]
      : Buffer.from(basic, "base64")
          .toString("utf8")
          .replace(/^[^:]*:/, "");
  return typeof given === "string" && isSameSecret(given, password);
}
