import { fromOtlpTraces } from "@inferledger/otel";
import { fromProtobuf } from "@inferledger/otel/otlp-schema.fixture";
import { peakMiB, ratePerSecond, show } from "./support/measure.ts";
import { createBodies, SPANS_PER_BODY } from "./support/otlp-bodies.ts";

/** OTLP/protobuf to lines of the log, against a general protobuf library that only decodes. */
const body = createBodies().next();
const rate = ratePerSecond(SPANS_PER_BODY, () => {
  for (const line of fromOtlpTraces(body, "protobuf", { tenant: "bench" }).lines) JSON.stringify(line);
});
const peak = peakMiB();
const baselineRate = ratePerSecond(SPANS_PER_BODY, () => fromProtobuf("TraceRequest", body));
process.stdout.write(
  `${show({ name: "decode", rate, unit: "spans", baseline: "protobufjs, decoding alone", baselineRate, peakMiB: peak })}\n`,
);
