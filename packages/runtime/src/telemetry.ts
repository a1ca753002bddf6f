import type { RequestListener } from "node:http";
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { NodeSDK } from "@opentelemetry/sdk-node";

export interface Telemetry {
  /** Answers GET /metrics in Prometheus text. */
  readonly metrics: RequestListener;
  shutdown(): Promise<void>;
}

/**
 * The process's own traces and metrics. Metrics are pulled from /metrics. Traces leave the process only
 * where `exportTraces` is set (OTEL_EXPORTER_OTLP_ENDPOINT says where to): off by default towards the network.
 * Start it before the first notice: counters made earlier count nothing.
 */
export function startTelemetry(service: string, options: { readonly exportTraces: boolean }): Telemetry {
  const prometheus = new PrometheusExporter({ preventServerStart: true });
  const sdk = new NodeSDK({
    serviceName: `inferledger-${service}`,
    autoDetectResources: false,
    metricReaders: [prometheus],
    logRecordProcessors: [],
    instrumentations: [],
    ...(options.exportTraces ? {} : { spanProcessors: [] }),
  });
  sdk.start();
  return {
    metrics: (request, response) => prometheus.getMetricsRequestHandler(request, response),
    shutdown: () => sdk.shutdown(),
  };
}
