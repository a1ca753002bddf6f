import type { ErrorRequestHandler, Response } from "express";
import { RetryableError } from "@inferledger/runtime";
import { z } from "zod";

/** A request that cannot be answered: the field, what is wrong and how to mend it. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly field: string | undefined;

  constructor(status: number, message: string, field?: string) {
    super(message);
    this.status = status;
    this.field = field;
  }
}

/** Reads a value by a schema. @throws Problem 400 naming the first wrong field */
export function readAs<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue?.code === "unrecognized_keys") {
    const keys = [...(issue.path.length > 0 ? [issue.path.join(".")] : []), issue.keys.join(", ")].join(".");
    throw new Problem(400, `${keys}: there is no such field; /openapi.json lists them`, keys);
  }
  const field = issue?.path.join(".") ?? "";
  throw new Problem(400, `${field || "body"}: ${issue?.message ?? "not valid"}`, field || "body");
}

/** The one place where errors become HTTP: RFC 9457 problem+json. */
export const toProblem =
  (unexpected: (error: unknown) => void): ErrorRequestHandler =>
  // Express tells an error handler by its four parameters.
  // oxlint-disable-next-line max-params
  (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    if (error instanceof Problem) return sendProblem(response, error);
    const status = statusOf(error);
    if (status !== undefined)
      return sendProblem(response, new Problem(status, error instanceof Error ? error.message : "bad request"));
    unexpected(error);
    if (error instanceof RetryableError)
      return sendProblem(response.setHeader("retry-after", "1"), new Problem(503, error.message));
    sendProblem(response, new Problem(500, "an internal fault; its cause is in the log of the api"));
  };

/** Body parsers' own errors carry a 4xx status. */
function statusOf(error: unknown): number | undefined {
  const status = typeof error === "object" && error !== null && "status" in error ? error.status : undefined;
  return typeof status === "number" && status >= 400 && status < 500 ? status : undefined;
}

function sendProblem(response: Response, { status, message, field }: Problem): void {
  response.status(status).type("application/problem+json");
  response.send(
    JSON.stringify({
      type: "about:blank",
      title: TITLES[status] ?? "Error",
      status,
      detail: message,
      ...(field === undefined ? {} : { field }),
    }),
  );
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad request",
  401: "Unauthorized",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict",
  413: "Content too large",
  415: "Unsupported media type",
  500: "Internal error",
  503: "Unavailable",
};
