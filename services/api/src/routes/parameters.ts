import type { Request } from "express";
import { DIMENSIONS, type Dimension } from "@inferledger/events";
import type { SpendQuery } from "@inferledger/store";
import { z } from "zod";
import { Problem, readAs } from "../problem.ts";

const TENANT = /^[^\p{Cc}]{1,64}$/u;

/** Without keys: the tenant that the header names, else `default`. */
export function tenantOf(request: Request): string {
  const tenant = request.header("x-inferledger-tenant") ?? "default";
  if (!TENANT.test(tenant))
    throw new Problem(400, "header x-inferledger-tenant must be 1 to 64 printable characters", "x-inferledger-tenant");
  return tenant;
}

const LATEST = 4_291_747_199_999;
const TIME = "must be an RFC 3339 time such as 2026-10-01T00:00:00Z, or a date";
const DATE_OR_TIME = z.iso.datetime({ offset: true }).or(z.iso.date());

const instant = z.string({ error: TIME }).transform((text, context) => {
  const at = DATE_OR_TIME.safeParse(text).success ? Date.parse(text.length === 10 ? `${text}T00:00:00Z` : text) : NaN;
  if (Number.isNaN(at)) context.addIssue({ code: "custom", message: TIME });
  else if (at < 0 || at > LATEST) context.addIssue({ code: "custom", message: "must lie between 1970 and 2106" });
  return at;
});

/** A parameter's text. Given twice it is a list, and of two words none may be dropped in silence. */
export const word = z.string({ error: "must be given once" });

/** Every query that has a range. Unknown parameters are refused: a filter that is misspelt would answer for everybody. */
export const range = { from: instant, to: instant };

/** @throws Problem naming the first wrong or unknown parameter, or `to` where it is not after `from` */
export function readQuery<S extends z.ZodRawShape>(shape: S, query: unknown): z.infer<z.ZodObject<S>> {
  const read = readAs(z.strictObject(shape), query) as z.infer<z.ZodObject<S>>;
  const { from, to } = read as { readonly from?: number; readonly to?: number };
  if (from !== undefined && to !== undefined && to <= from)
    throw new Problem(400, "to: must be after from (from is included, to is not)", "to");
  return read;
}

const filters = Object.fromEntries(DIMENSIONS.map((d) => [d, word.optional()])) as Record<
  Dimension,
  z.ZodOptional<typeof word>
>;
const spendQuery = {
  ...range,
  group_by: word.default(""),
  interval: z.enum(["hour", "day", "month"], { error: "must be hour, day or month" }).optional(),
  tz: word.default("UTC"),
  ...filters,
};

const MOST_INTERVALS = 20_000;

export function readSpendQuery(request: Request): SpendQuery {
  const { from, to, group_by, interval, tz, ...given } = readQuery(spendQuery, request.query);
  const groupBy = group_by
    .split(",")
    .map((t) => t.trim())
    .filter(Boolean);
  const unknown = groupBy.find((d) => !(DIMENSIONS as readonly string[]).includes(d));
  if (unknown !== undefined)
    throw new Problem(400, `group_by: ${JSON.stringify(unknown)} is none of ${DIMENSIONS.join(", ")}`, "group_by");
  if (!isZone(tz)) throw new Problem(400, `tz: ${JSON.stringify(tz)} is no time zone such as Europe/Berlin`, "tz");
  if (interval === "hour" && (to - from) / 3_600_000 > MOST_INTERVALS)
    throw new Problem(400, "interval: the range has too many hours; ask for days", "interval");
  const filter = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return {
    tenant: tenantOf(request),
    from,
    to,
    groupBy: [...new Set(groupBy)] as Dimension[],
    tz,
    ...(interval === undefined ? {} : { interval }),
    filter,
  };
}

function isZone(tz: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: tz }).resolvedOptions().timeZone !== "" && !/^[+-]/.test(tz);
  } catch {
    return false;
  }
}
