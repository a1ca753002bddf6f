/** Whose spend it is. An absent attribute is null in answers and a row of its own; stored as ''. */
export const ATTRIBUTES = [
  "team",
  "project",
  "application",
  "environment",
  "feature",
  "user",
  "customer",
  "cost_center",
] as const;

export type Attribute = (typeof ATTRIBUTES)[number];
export type Attribution = Partial<Record<Attribute, string>>;

/** What spend can be grouped by: the attribution, and what was called. */
export const DIMENSIONS = [...ATTRIBUTES, "model", "provider", "service"] as const;
export type Dimension = (typeof DIMENSIONS)[number];
