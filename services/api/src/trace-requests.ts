import { once } from "node:events";
import type { RequestHandler } from "express";
import { inSpan } from "@inferledger/runtime";

/** One span a request, over in the moment its answer is. Its name holds the method alone: paths hold names and ids. */
export const traceRequests: RequestHandler = (request, response, next) => {
  void inSpan(`api.${request.method}`, {}, async () => {
    next();
    await once(response, "close");
  });
};
