import express, { type Express, type RequestHandler } from "express";
import {
  answerHealth,
  bearerOf,
  isSameSecret,
  listen,
  type HealthDeps,
  type Listener,
  type Notices,
  type Service,
} from "@inferledger/runtime";
import type { Store } from "@inferledger/store";
import type { Publisher } from "@inferledger/stream";
import { openApi } from "./openapi.ts";
import { Problem, toProblem } from "./problem.ts";
import { addBoards } from "./routes/boards.ts";
import { addControl } from "./routes/control.ts";
import { addEvents } from "./routes/events.ts";
import { addSenders } from "./routes/senders.ts";
import { addSpend } from "./routes/spend.ts";
import { addStatement } from "./routes/statement.ts";
import { addUsage } from "./routes/usage.ts";
import { traceRequests } from "./trace-requests.ts";

export interface ApiDeps {
  readonly store: Store;
  readonly log: Publisher;
  /** Sightings of a tenant that are in the log and not yet stored. */
  readonly pending: (tenant: string) => Promise<number>;
  readonly notices: Notices;
  readonly now: () => number;
  readonly host: string;
  readonly port: number;
  /** Undefined on loopback: no key is asked for. */
  readonly key: string | undefined;
  readonly health: HealthDeps;
}

export function createApi(deps: ApiDeps): Service & { readonly port: () => number } {
  let listener: Listener | undefined;
  return {
    name: "api and console",
    port: () => listener?.port ?? 0,
    async start() {
      listener = await listen(createApp(deps), { host: deps.host, port: deps.port, variable: "INFERLEDGER_API_PORT" });
    },
    stop: async () => listener?.close(),
  };
}

function createApp(deps: ApiDeps): Express {
  const app = express();
  app.disable("x-powered-by");
  app.use((request, response, next) => {
    if (request.method !== "GET" || !answerHealth(request, response, deps.health)) next();
  });
  app.use(traceRequests, safeHeaders, askKey(deps.key), localNames(deps));
  app.get("/openapi.json", (_request, response) => void response.json(openApi()));
  const router = express.Router();
  router.use(express.json({ limit: "5mb" }));
  addSpend(router, deps);
  addEvents(router, deps);
  addSenders(router, deps);
  addControl(router, deps);
  addUsage(router, deps);
  addStatement(router, deps);
  addBoards(app, router, deps);
  for (const [path, methods] of Object.entries(METHODS)) router.all(path, refuseMethod(methods));
  app.use("/api/v1", router);
  app.use((request) => {
    throw new Problem(404, `nothing at ${request.path}: see /openapi.json`);
  });
  app.use(
    toProblem((error) =>
      deps.notices.warn(
        "api.faults",
        `a request failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      ),
    ),
  );
  return app;
}

const METHODS: Readonly<Record<string, string>> = {
  "/spend": "GET",
  "/balance": "GET",
  "/events{/:id}": "GET",
  "/usage": "POST",
  "/boards{/:board/panels/:panel}": "GET",
  "/alerts": "GET",
  "/periods/:period/statement": "GET",
  ...Object.fromEntries(
    ["/capex/assets", "/gpu/pools", "/budgets", "/alert-rules", "/settings"].flatMap((path) => [
      [path, "GET, POST"],
      [`${path}/:id`, "GET, PUT, DELETE"],
    ]),
  ),
};

const refuseMethod =
  (methods: string): RequestHandler =>
  (request, response) => {
    response.set("allow", methods);
    throw new Problem(405, `${request.method} is not answered here: use ${methods}`);
  };

const safeHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    "content-security-policy":
      "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
  });
  next();
};

const askKey =
  (key: string | undefined): RequestHandler =>
  (request, _response, next) => {
    if (key !== undefined && !isSameSecret(bearerOf(request.headers.authorization), key))
      throw new Problem(401, "send the key as header authorization: Bearer <key>");
    next();
  };

/** On loopback without keys, only names of this machine are answered: another site's page cannot reach it by DNS rebinding. */
const localNames =
  (deps: ApiDeps): RequestHandler =>
  (request, _response, next) => {
    const host = (request.headers.host ?? "").replace(/:\d+$/, "");
    if (deps.key === undefined && !["localhost", "127.0.0.1", "[::1]", deps.host].includes(host))
      throw new Problem(400, `host ${JSON.stringify(host)} is not answered: use http://127.0.0.1:${deps.port}`, "host");
    next();
  };
