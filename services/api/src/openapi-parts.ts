import { DIMENSIONS } from "@inferledger/events";
import { z } from "zod";

/** What the descriptions of paths are made of. */

export const jsonSchema = (schema: z.ZodType): z.core.JSONSchema.JSONSchema =>
  z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });

export const parameter = (name: string, description: string, more: object = {}): object => ({
  name,
  in: "query",
  description,
  schema: { type: "string" },
  ...more,
});
export const oneOf = (...values: readonly string[]): object => ({ schema: { type: "string", enum: values } });
export const inPath = (
  name: string,
  description: string,
  schema: object = { type: "string", minLength: 1 },
): object => ({
  name,
  in: "path",
  required: true,
  description,
  schema,
});
const TIME = { required: true, schema: { type: "string", format: "date-time" } };
export const RANGE = [
  parameter("from", "RFC 3339 time or date, included", TIME),
  parameter("to", "RFC 3339 time or date, excluded", TIME),
];
export const FILTERS = DIMENSIONS.map((d) => parameter(d, `only this ${d}; empty: only what has none`));

export const problem = (description: string): object => ({ description, content: { "application/problem+json": {} } });
export const answers = (...more: readonly (readonly [string, object])[]): object => ({
  200: { description: "OK", content: { "application/json": {} } },
  400: problem("names the field and how to mend it"),
  401: problem("the key is missing or wrong"),
  ...Object.fromEntries(more),
});
export const NOT_FOUND = ["404", problem("there is none of that name")] as const;

export const get = (summary: string, parameters: readonly object[] = []): object => ({
  get: { summary, parameters, responses: answers() },
});
export const body = (schema: object): object => ({ required: true, content: { "application/json": { schema } } });
