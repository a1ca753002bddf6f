import { readSecretFile, text, type Settings } from "@inferledger/runtime";
import { z } from "zod";

export const cliSettings = {
  url: {
    variable: "INFERLEDGER_URL",
    schema: z.url({ error: "must be a URL such as http://127.0.0.1:8080" }).default("http://127.0.0.1:8080"),
    help: "where the api answers",
  },
  otlpUrl: {
    variable: "INFERLEDGER_OTLP_URL",
    schema: z.url({ error: "must be a URL such as http://127.0.0.1:4318" }).default("http://127.0.0.1:4318"),
    help: "where the collector takes OTLP/HTTP (demo)",
  },
  tenant: { variable: "INFERLEDGER_TENANT", schema: text("default"), help: "whose figures" },
  keyFile: {
    variable: "INFERLEDGER_KEY_FILE",
    schema: z.string().optional(),
    help: "file that holds the key to send to the api and the collector",
  },
} satisfies Settings;

/** The headers that say who asks, and for whom. */
export const headersOf = (tenant: string, keyFile: string | undefined): Record<string, string> => ({
  "x-inferledger-tenant": tenant,
  ...(keyFile === undefined ? {} : { authorization: `Bearer ${readSecretFile("INFERLEDGER_KEY_FILE", keyFile)}` }),
});
