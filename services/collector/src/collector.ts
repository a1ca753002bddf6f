import { listen, type HealthDeps, type Listener, type Service } from "@inferledger/runtime";
import type { Publisher } from "@inferledger/stream";
import { createMemoryBudget } from "./memory-budget.ts";
import { createIntake } from "./intake.ts";
import type { CollectorNotices } from "./notices.ts";
import { createHttpSource } from "./source-http.ts";

export interface CollectorDeps {
  readonly publisher: Publisher;
  readonly notices: CollectorNotices;
  readonly health: HealthDeps;
  readonly host: string;
  readonly port: number;
  readonly key: string | undefined;
}

/** Receives telemetry, keeps what is about model usage, and answers 200 when the log has it durably. */
export function createCollector(deps: CollectorDeps): Service & { readonly port: () => number } {
  let listener: Listener | undefined;
  return {
    name: "collector",
    port: () => listener?.port ?? 0,
    async start() {
      const intake = createIntake(deps);
      const app = createHttpSource({
        intake,
        notices: deps.notices,
        health: deps.health,
        memory: createMemoryBudget(),
        key: deps.key,
      });
      listener = await listen(app, { host: deps.host, port: deps.port, variable: "INFERLEDGER_OTLP_HTTP_PORT" });
    },
    stop: async () => listener?.close(),
  };
}
