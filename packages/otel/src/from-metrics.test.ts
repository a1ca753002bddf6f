import { gpuSampleSchema } from "@inferledger/events";
import { describe, expect, test } from "vitest";
import { fromOtlpMetrics } from "./index.ts";
import { START, text, toJsonBody, toProtobuf } from "./otlp-schema.fixture.ts";

const context = { tenant: "default" };
const point = (value: object, attributes: readonly object[], more: object = {}) => ({
  timeUnixNano: START,
  ...value,
  attributes,
  ...more,
});
const metric = (name: string, ...dataPoints: object[]) => ({ name, gauge: { dataPoints } });
const body = (...metrics: object[]) => ({
  resourceMetrics: [{ resource: { attributes: [text("host.name", "node-7")] }, scopeMetrics: [{ metrics }] }],
});

/** Both encodings, which must agree. */
function read(...metrics: object[]) {
  const result = fromOtlpMetrics(toProtobuf("MetricsRequest", body(...metrics)), "protobuf", context);
  expect(fromOtlpMetrics(toJsonBody(body(...metrics)), "json", context)).toEqual(result);
  for (const sample of result.samples) gpuSampleSchema.parse(sample);
  return result;
}
const utilization = (...metrics: object[]): [string, number][] =>
  read(...metrics).samples.map((s) => [s.gpu, s.utilization]);
const A = [text("UUID", "GPU-a"), text("Hostname", "dgx-1")];

describe("GPU utilization", () => {
  test("of the hardware convention is a ratio; encoder and decoder are not the GPU", () => {
    const gpu = [text("hw.id", "GPU-a")];
    const result = read(
      metric(
        "hw.gpu.utilization",
        point({ asDouble: 0.4250004 }, gpu),
        point({ asDouble: 0.9 }, [...gpu, text("hw.gpu.task", "encoder")]),
      ),
    );
    expect(result.samples).toEqual([
      {
        kind: "gpu",
        tenant: "default",
        gpu: "GPU-a",
        host: "node-7",
        pool: "",
        model: "",
        source: "hw",
        time: 1795417678595,
        utilization: 425_000,
      },
    ]);
    expect(result).toMatchObject({ accepted: 1, ignored: 1 });
  });
  test.each(["DCGM_FI_DEV_GPU_UTIL", "dcgm_fi_dev_gpu_util", "dcgm_fi_dev_gpu_util_percent"])(
    "%s is percent",
    (name) => {
      expect(utilization(metric(name, point({ asInt: "55" }, A)))).toEqual([["GPU-a", 550_000]]);
    },
  );
  test("a ratio of engine activity is preferred to percent, also at odd times", () => {
    const percent = metric("DCGM_FI_DEV_GPU_UTIL", point({ asInt: "100" }, A, { timeUnixNano: "1795417679000000000" }));
    const ratio = metric("DCGM_FI_PROF_GR_ENGINE_ACTIVE", point({ asDouble: 0.31 }, A));
    for (const order of [
      [percent, ratio],
      [ratio, percent],
    ])
      expect(utilization(...order)).toEqual([["GPU-a", 310_000]]);
  });
  test("copies of one GPU for each pod are one reading; slices are GPUs of their own", () => {
    const pods = ["x", "y"].map((pod) => point({ asDouble: 0.5 }, [...A, text("pod", pod)]));
    const slices = ["1", "2"].map((slice) => point({ asDouble: 0.25 }, [...A, text("GPU_I_ID", slice)]));
    expect(utilization(metric("DCGM_FI_PROF_GR_ENGINE_ACTIVE", ...pods, ...slices))).toEqual([
      ["GPU-a", 500_000],
      ["GPU-a/1", 250_000],
      ["GPU-a/2", 250_000],
    ]);
  });
  test("blanks, NaN and points without a recorded value are no readings, never 0", () => {
    const result = read(
      metric(
        "DCGM_FI_DEV_GPU_UTIL",
        point({ asInt: "9223372036854775794" }, A),
        point({ asDouble: "NaN" }, A),
        point({ asInt: "0" }, A, { flags: 1 }),
        point({}, A),
      ),
    );
    expect(result).toMatchObject({ samples: [], accepted: 0, ignored: 4, rejected: {} });
  });
  test.each([
    ["gpu_without_id", point({ asDouble: 0.5 }, [])],
    ["utilization_out_of_range", point({ asDouble: 55 }, A)],
    ["utilization_out_of_range", point({ asDouble: -0.1 }, A)],
    ["time_out_of_range", point({ asDouble: 0.5 }, A, { timeUnixNano: "0" })],
  ])("%s is rejected, and its neighbours live", (reason, bad) => {
    expect(read(metric("hw.gpu.utilization", bad, point({ asDouble: 0.5 }, [text("hw.id", "GPU-b")])))).toMatchObject({
      accepted: 2,
      samples: [{ gpu: "GPU-b" }],
      rejected: { [reason]: { count: 1 } },
    });
  });
  test("other metrics are ignored", () => {
    expect(
      read(metric("http.server.duration", point({ asDouble: 1 }, [])), {
        name: "h",
        sum: { dataPoints: [point({ asInt: "1" }, [])] },
      }),
    ).toMatchObject({ samples: [], ignored: 2 });
  });
});
