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

const instant = z.iso
  .datetime({ offset: true, error: "must be an RFC 3339 time such as 2026-10-01T00:00:00Z" })
  .or(z.iso.date())
  .transform((text) => Date.parse(text.length === 10 ? `${text}T00:00:00Z` : text));
const LATEST = 4_291_747_199_999;

export const rangeSchema = z.object({ from: instant, to: instant });

/** @throws Problem naming `from` or `to` */
export function readRange(query: unknown): { from: number; to: number } {
  const { from, to } = readAs(rangeSchema, query);
  if (from < 0 || from > LATEST) throw new Problem(400, "from: must lie between 1970 and 2106", "from");
  if (to <= from || to > LATEST)
    throw new Problem(400, "to: must be after from, and before 2106 (from is included, to is not)", "to");
  return { from, to };
}

const spendSchema = z.object({
  group_by: z.string().default(""),
  interval: z.enum(["hour", "day", "month"], { error: "must be hour, day or month" }).optional(),
  tz: z.string().default("UTC"),
});

const MOST_INTERVALS = 20_000;

export function readSpendQuery(request: Request): SpendQuery {
  const { from, to } = readRange(request.query);
  const { group_by, interval, tz } = readAs(spendSchema, request.query);
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
  return {
    tenant: tenantOf(request),
    from,
    to,
    groupBy: [...new Set(groupBy)] as Dimension[],
    tz,
    ...(interval === undefined ? {} : { interval }),
    filter: readFilter(request),
  };
}

function readFilter(request: Request): Partial<Record<Dimension, string>> {
  const filter: Partial<Record<Dimension, string>> = {};
  for (const dimension of DIMENSIONS) {
    const value = request.query[dimension];
    if (typeof value === "string") filter[dimension] = value;
  }
  return filter;
}

function isZone(tz: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: tz }).resolvedOptions().timeZone !== "" && !/^[+-]/.test(tz);
  } catch {
    return false;
  }
}
