import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

export interface HealthDeps {
  /** Resolves when the service can do its work; rejects with the reason why not. */
  readonly ready: () => Promise<void>;
  readonly metrics: RequestListener;
}

/** GET /healthz (the process runs), /readyz (it can work), /metrics. Returns false for any other path. */
export function answerHealth(request: IncomingMessage, response: ServerResponse, deps: HealthDeps): boolean {
  const path = (request.url ?? "/").split("?")[0];
  if (path === "/healthz") answer(response, 200, "ok");
  else if (path === "/metrics") deps.metrics(request, response);
  else if (path === "/readyz") {
    deps.ready().then(
      () => answer(response, 200, "ready"),
      (reason: unknown) =>
        answer(response, 503, `not ready: ${reason instanceof Error ? reason.message : String(reason)}`),
    );
  } else return false;
  return true;
}

/** A whole server's handler for services that have no other page. */
export const healthOnly =
  (deps: HealthDeps): RequestListener =>
  (request, response) => {
    if (!answerHealth(request, response, deps)) answer(response, 404, "not found: try /healthz, /readyz or /metrics");
  };

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}
