import { SpanStatusCode, trace, type Attributes } from "@opentelemetry/api";
import { asError } from "./errors.ts";

/** Does a piece of work inside a span of the process's own traces; a fault is recorded on it and thrown on. */
export function inSpan<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> {
  return trace.getTracer("inferledger").startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work();
    } catch (thrown) {
      span.recordException(asError(thrown));
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw thrown;
    } finally {
      span.end();
    }
  });
}
