import { CONTROL_KINDS } from "@inferledger/events";
import { usageItemSchema } from "@inferledger/otel";
import {
  answers,
  body,
  FILTERS,
  get,
  inPath,
  jsonSchema,
  NOT_FOUND,
  oneOf,
  parameter,
  problem,
  RANGE,
} from "./openapi-parts.ts";

/** What is declared: a list to add to, and each by its id. */
function control(path: string, kind: keyof typeof CONTROL_KINDS): readonly (readonly [string, object])[] {
  const schema = jsonSchema(CONTROL_KINDS[kind]);
  const withoutId = { ...schema, required: (schema.required ?? []).filter((name) => name !== "id") };
  const id = [inPath("id", `the ${kind}'s id`)];
  return [
    [
      `/api/v1${path}`,
      {
        get: { summary: `List every ${kind}`, responses: answers() },
        post: {
          summary: `Declare a ${kind}; with the same content again nothing changes`,
          requestBody: body(schema),
          responses: answers(["201", { description: "declared" }]),
        },
      },
    ],
    [
      `/api/v1${path}/{id}`,
      {
        parameters: id,
        get: { summary: `One ${kind}`, responses: answers(NOT_FOUND) },
        put: {
          summary: `Declare or change a ${kind}; its id is the path's`,
          requestBody: body(withoutId),
          responses: answers(),
        },
        delete: {
          summary: `Withdraw a ${kind}`,
          responses: answers(["204", { description: "withdrawn" }], NOT_FOUND),
        },
      },
    ],
  ];
}

const DECLARED = [
  ["/capex/assets", "asset"],
  ["/gpu/pools", "pool"],
  ["/budgets", "budget"],
  ["/alert-rules", "spike_rule"],
  ["/settings", "settings"],
] as const;

const QUESTIONS = {
  "/api/v1/spend": get("Spend by keys and interval", [
    ...RANGE,
    parameter("group_by", "team, model and other dimensions, separated by commas"),
    parameter("interval", "by which rows are cut", oneOf("hour", "day", "month")),
    parameter("tz", "time zone of the intervals, such as Europe/Berlin"),
    ...FILTERS,
  ]),
  "/api/v1/balance": get("What came in against what became of it", RANGE),
  "/api/v1/events": get("Sightings, newest first", [
    ...RANGE,
    parameter("service", "only this service"),
    parameter("model", "only this model"),
    parameter("billed", "only those that bill, or do not", oneOf("true", "false")),
    parameter("limit", "how many", { schema: { type: "integer", minimum: 1, maximum: 1000 } }),
    parameter("cursor", "`next` of an earlier answer", {
      schema: { type: "string", pattern: "^\\d{1,16}_[0-9a-f]{16}_\\d{1,10}$" },
    }),
  ]),
  "/api/v1/events/{id}": {
    get: {
      summary:
        "One sighting, with the call that it is of: what bills it, by which rule, and what it took from the others",
      parameters: [inPath("id", "its id")],
      responses: answers(NOT_FOUND),
    },
  },
  "/api/v1/senders": get("What each service sends, its grade of evidence and its known gaps", RANGE),
  "/api/v1/reconciliation": get("Services' metrics against their calls, by UTC day", RANGE),
  "/api/v1/usage": {
    post: {
      summary: "Report usage: an array, or one object per line; bad items are answered by their index",
      requestBody: body({ type: "array", items: jsonSchema(usageItemSchema) }),
      responses: answers(
        ["413", problem("over 5 MB")],
        ["415", problem("neither a JSON array nor one object per line")],
        ["503", problem("the log is away: send it again")],
      ),
    },
  },
  "/api/v1/periods/{period}/statement": get("A month's statement, as JSON or CSV", [
    inPath("period", "a month", { type: "string", pattern: "^(19[7-9]\\d|20\\d\\d)-(0[1-9]|1[0-2])$" }),
    parameter("team", "whose month; everybody's without it"),
    parameter("format", "how it is written", oneOf("json", "csv")),
  ]),
  "/api/v1/boards": get("The boards, as data"),
  "/api/v1/boards/{board}/panels/{panel}": {
    get: {
      summary: "A panel's figures",
      parameters: [inPath("board", "the board's id"), inPath("panel", "the panel's id"), ...RANGE],
      responses: answers(NOT_FOUND),
    },
  },
  "/api/v1/alerts": get("Alerts that fired"),
};

/** The api's description, made from the schemas that read its requests. */
export const openApi = (): object => ({
  openapi: "3.1.0",
  info: {
    title: "inferledger",
    version: "0.1.0",
    description:
      "Live inference spend beside amortized training capex. Amounts are decimal strings in USD, times RFC 3339 in UTC. The header x-inferledger-tenant names the tenant, `default` without it.",
  },
  paths: { ...QUESTIONS, ...Object.fromEntries(DECLARED.flatMap(([path, kind]) => control(path, kind))) },
});
