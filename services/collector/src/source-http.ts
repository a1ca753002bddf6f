import express, { type Express, type Request, type Response } from "express";
import { encodeStatus, encodeSuccess, type OtlpEncoding } from "@inferledger/otel";
import { answerHealth, bearerOf, isSameSecret, type HealthDeps } from "@inferledger/runtime";
import type { MemoryShare } from "./memory-budget.ts";
import type { Intake, Outcome, Signal } from "./intake.ts";
import type { CollectorNotices } from "./notices.ts";
import { readBody } from "./read-body.ts";
import { Refusal } from "./refusal.ts";

export interface HttpSourceDeps {
  readonly intake: Intake;
  readonly notices: CollectorNotices;
  readonly health: HealthDeps;
  readonly memory: () => MemoryShare;
  /** Undefined on loopback: no key is asked for. */
  readonly key: string | undefined;
}

const RETRY_AFTER_S = 1;
const TENANT = /^[^\p{Cc}]{1,64}$/u;

/** OTLP/HTTP: POST /v1/traces, /v1/logs and /v1/metrics, protobuf or JSON; answers in the request's encoding. */
export function createHttpSource(deps: HttpSourceDeps): Express {
  const app = express();
  app.disable("x-powered-by");
  app.use((request, response, next) => {
    if (request.method !== "GET" || !answerHealth(request, response, deps.health)) next();
  });
  for (const signal of ["traces", "logs", "metrics"] as const)
    app.all(`/v1/${signal}`, (request, response) => receive(signal, { request, response }, deps));
  app.use((request, response) => {
    const fix = `nothing is received at ${request.path}: send OTLP to /v1/traces, /v1/logs or /v1/metrics`;
    refuse({ response, encoding: "json" }, new Refusal(404, "unknown_path", fix), deps);
  });
  return app;
}

interface Exchange {
  readonly request: Request;
  readonly response: Response;
}

async function receive(signal: Signal, { request, response }: Exchange, deps: HttpSourceDeps): Promise<void> {
  let encoding: OtlpEncoding = "json";
  const memory = deps.memory();
  try {
    if (request.method !== "POST") throw new Refusal(405, "wrong_method", "OTLP is sent with POST");
    authorize(request, deps.key);
    encoding = readEncoding(request);
    const tenant = readTenant(request);
    const body = await readBody(request, memory);
    succeed(response, { signal, encoding }, await deps.intake(signal, body, { encoding, tenant }));
  } catch (thrown) {
    if (response.headersSent || (request.destroyed && !request.complete)) return;
    if (thrown instanceof Refusal) refuse({ response, encoding }, thrown, deps);
    else throw thrown;
  } finally {
    memory.giveBack();
  }
}

function authorize(request: Request, key: string | undefined): void {
  if (key !== undefined && !isSameSecret(bearerOf(request.headers.authorization), key)) {
    throw new Refusal(
      401,
      "wrong_key",
      "send the key as header authorization: Bearer <key> (OTEL_EXPORTER_OTLP_HEADERS)",
    );
  }
}

function readEncoding(request: Request): OtlpEncoding {
  const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
  if (type === "application/x-protobuf") return "protobuf";
  if (type === "application/json") return "json";
  throw new Refusal(
    415,
    "unknown_content_type",
    `content-type ${JSON.stringify(type)} is not OTLP: send application/x-protobuf or application/json`,
  );
}

function readTenant(request: Request): string {
  const tenant = request.headers["x-inferledger-tenant"];
  if (tenant === undefined) return "default";
  if (typeof tenant === "string" && TENANT.test(tenant)) return tenant;
  throw new Refusal(400, "wrong_tenant", "header x-inferledger-tenant must be 1 to 64 printable characters");
}

function succeed(response: Response, request: { signal: Signal; encoding: OtlpEncoding }, outcome: Outcome): void {
  send({ response, encoding: request.encoding }, 200, encodeSuccess(request.signal, request.encoding, outcome));
}

interface Answer {
  readonly response: Response;
  readonly encoding: OtlpEncoding;
}

function refuse({ response, encoding }: Answer, refusal: Refusal, deps: HttpSourceDeps): void {
  deps.notices.refused(refusal.status, refusal.reason);
  if (refusal.status === 503) response.setHeader("retry-after", String(RETRY_AFTER_S));
  if (refusal.status === 405) response.setHeader("allow", "POST");
  // What is left of the body is not read: the connection cannot serve another request.
  response.setHeader("connection", "close");
  send({ response, encoding }, refusal.status, encodeStatus(refusal.message, encoding, refusal.status));
}

function send({ response, encoding }: Answer, status: number, body: Uint8Array): void {
  response.writeHead(status, {
    "content-type": encoding === "json" ? "application/json" : "application/x-protobuf",
    "content-length": body.byteLength,
  });
  response.end(body);
}
