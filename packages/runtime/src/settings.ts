import { z } from "zod";
import { port, text, type Settings } from "./config.ts";
import { PermanentError } from "./errors.ts";
import { isLoopback } from "./listen.ts";
import { readSecretFile } from "./secrets.ts";

/** Settings that several services have: each is written once. */

export const ownTelemetrySettings = {
  otlpEndpoint: {
    variable: "OTEL_EXPORTER_OTLP_ENDPOINT",
    schema: z.string().optional(),
    help: "where to send inferledger's own traces; nowhere when unset",
  },
} satisfies Settings;

/** Of services that people or senders call. */
export const servingSettings = {
  host: {
    variable: "INFERLEDGER_HOST",
    schema: text("127.0.0.1"),
    help: "address to listen on; beyond loopback INFERLEDGER_ADMIN_KEY_FILE is required",
  },
  adminKeyFile: {
    variable: "INFERLEDGER_ADMIN_KEY_FILE",
    schema: z.string().optional(),
    help: "file that holds the key which callers must send as a bearer token",
  },
} satisfies Settings;

/** Of services that only tell how they are. */
export const healthSettings = (fallback: number) =>
  ({
    host: {
      variable: "INFERLEDGER_HOST",
      schema: text("127.0.0.1"),
      help: "address for /healthz, /readyz and /metrics",
    },
    healthPort: {
      variable: "INFERLEDGER_HEALTH_PORT",
      schema: port(fallback),
      help: "port for /healthz, /readyz and /metrics",
    },
  }) satisfies Settings;

/**
 * The key that callers must send; undefined on loopback when none is set.
 * @throws PermanentError when the address is beyond loopback and no key is set, or its file cannot be read
 */
export function readAdminKey(config: {
  readonly host: string;
  readonly adminKeyFile: string | undefined;
}): string | undefined {
  if (config.adminKeyFile !== undefined) return readSecretFile("INFERLEDGER_ADMIN_KEY_FILE", config.adminKeyFile);
  if (isLoopback(config.host)) return undefined;
  throw new PermanentError(
    `INFERLEDGER_HOST=${config.host} is beyond loopback and no key is set`,
    "let INFERLEDGER_ADMIN_KEY_FILE name a file with the key that callers must send",
  );
}
