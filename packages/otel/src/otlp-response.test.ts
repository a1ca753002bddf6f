import { describe, expect, test } from "vitest";
import { encodeStatus, encodeSuccess } from "./index.ts";
import { fromProtobuf } from "./otlp-schema.fixture.ts";

const json = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString());

describe("what a sender is told", () => {
  test("full success leaves partial_success unset", () => {
    expect(encodeSuccess("traces", "protobuf", { rejected: 0, message: "" })).toHaveLength(0);
    expect(json(encodeSuccess("traces", "json", { rejected: 0, message: "" }))).toEqual({});
  });
  test("partial success says how many and why", () => {
    const outcome = { rejected: 300, message: "gen_ai.usage.input_tokens – whole numbers" };
    expect(fromProtobuf("TraceResponse", encodeSuccess("traces", "protobuf", outcome))).toEqual({
      partialSuccess: { rejected: "300", errorMessage: outcome.message },
    });
    expect(json(encodeSuccess("metrics", "json", outcome))).toEqual({
      partialSuccess: { rejectedDataPoints: "300", errorMessage: outcome.message },
    });
  });
  test("an error is a google.rpc.Status", () => {
    expect(fromProtobuf("RpcStatus", encodeStatus("not OTLP", "protobuf", 400))).toEqual({
      code: 3,
      message: "not OTLP",
    });
    expect(json(encodeStatus("log away", "json", 503))).toEqual({ code: 14, message: "log away" });
  });
});
