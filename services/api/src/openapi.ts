import { CONTROL_KINDS } from "@inferledger/events";
import { usageItemSchema } from "@inferledger/otel";
import { z } from "zod";

const jsonSchema = (schema: z.ZodType): object => z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
const query = (name: string, description: string, required = false): object => ({
  name,
  in: "query",
  required,
  description,
  schema: { type: "string" },
});
const RANGE = [query("from", "RFC 3339 time, included", true), query("to", "RFC 3339 time, excluded", true)];
const ok = {
  200: { description: "OK", content: { "application/json": {} } },
  400: { description: "problem+json naming the field", content: { "application/problem+json": {} } },
};
const get = (summary: string, parameters: readonly object[] = []): object => ({
  get: { summary, parameters, responses: ok },
});
const body = (schema: object): object => ({ required: true, content: { "application/json": { schema } } });

/** The api's description, made from the schemas that read its requests. */
export function openApi(): object {
  const control = (kind: keyof typeof CONTROL_KINDS): object => ({
    get: { summary: `List every ${kind}`, responses: ok },
    post: {
      summary: `Declare a ${kind}`,
      requestBody: body(jsonSchema(CONTROL_KINDS[kind])),
      responses: { ...ok, 201: { description: "declared" } },
    },
  });
  return {
    openapi: "3.1.0",
    info: {
      title: "inferledger",
      version: "0.1.0",
      description: "Live inference spend beside amortized training capex. Amounts are decimal strings in USD.",
    },
    paths: {
      "/api/v1/spend": get("Spend by keys and interval", [
        ...RANGE,
        query("group_by", "team, model and other dimensions, separated by commas"),
        query("interval", "hour, day or month"),
        query("tz", "time zone of the intervals"),
      ]),
      "/api/v1/balance": get("What came in against what became of it", RANGE),
      "/api/v1/events": get("Sightings, newest first", [
        ...RANGE,
        query("service", ""),
        query("model", ""),
        query("billed", "true or false"),
        query("limit", "1 to 1000"),
        query("cursor", "next of an earlier answer"),
      ]),
      "/api/v1/usage": {
        post: {
          summary: "Report usage",
          requestBody: body({ type: "array", items: jsonSchema(usageItemSchema) }),
          responses: ok,
        },
      },
      "/api/v1/periods/{period}/statement": get("A team's month", [
        query("team", "whose month"),
        query("format", "json or csv"),
      ]),
      "/api/v1/boards": get("The boards, as data"),
      "/api/v1/capex/assets": control("asset"),
      "/api/v1/gpu/pools": control("pool"),
      "/api/v1/budgets": control("budget"),
      "/api/v1/alert-rules": control("spike_rule"),
      "/api/v1/alerts": get("Alerts that fired"),
    },
  };
}
