import type { Attribute, Attribution } from "@inferledger/events";
import { LONGEST_VALUE, type Attributes } from "./record.ts";

/** The shipped rules: for each attribute the names that carry it, the first that is there wins; the span before the resource. */
export const RULES: readonly (readonly [Attribute, readonly string[]])[] = [
  [
    "team",
    [
      "team",
      "team.name",
      "litellm.team.alias",
      "metadata.user_api_key_team_alias",
      "traceloop.association.properties.team",
    ],
  ],
  ["project", ["project", "project.name", "project.id", "traceloop.association.properties.project"]],
  ["application", ["application", "application.name", "gen_ai.application_name"]],
  ["environment", ["deployment.environment.name", "deployment.environment", "environment"]],
  ["feature", ["feature", "feature.name", "traceloop.association.properties.feature"]],
  ["user", ["user.id", "enduser.id", "user", "traceloop.association.properties.user_id"]],
  ["customer", ["customer", "customer.id", "customer.name", "traceloop.association.properties.customer_id"]],
  ["cost_center", ["cost_center", "cost.center"]],
];

/** A value longer than 1,024 characters names nobody and is left out. */
export function readAttribution(span: Attributes, resource: Attributes): Attribution {
  const attribution: Attribution = {};
  for (const [attribute, names] of RULES) {
    const value = first(span, names) ?? first(resource, names);
    if (value !== undefined) attribution[attribute] = value;
  }
  return attribution;
}

function first(attributes: Attributes, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = attributes.get(name);
    if (value === undefined || value === "") continue;
    const text = String(value);
    if (text.length <= LONGEST_VALUE) return text;
  }
  return undefined;
}
