import type { Router } from "express";
import { monthSpan } from "@inferledger/cost-model";
import { formatCents, readUsd } from "@inferledger/events";
import { accountingZone } from "@inferledger/store";
import { z } from "zod";
import type { ApiDeps } from "../api.ts";
import { Problem } from "../problem.ts";
import { answerSpend } from "../spend.ts";
import { readQuery, tenantOf, word } from "./parameters.ts";

const AMOUNTS = ["opex_api", "opex_gpu", "idle", "gpu_unknown", "capex_amortized", "total"] as const;
const statementQuery = {
  team: word.optional(),
  format: z.enum(["json", "csv"], { error: "must be json or csv" }).default("json"),
};

interface Line {
  readonly model: string | null;
  readonly requests: number;
  readonly unpriced_requests: number;
  readonly [amount: string]: unknown;
}

/** A month's statement by model, of one team or of all; and the alerts that fired. */
export function addStatement(router: Router, deps: ApiDeps): void {
  router.get("/periods/:period/statement", async (request, response) => {
    const { team, format } = readQuery(statementQuery, request.query);
    const zone = await accountingZone(deps.store.control, tenantOf(request));
    const { from, to } = readMonth(request.params.period, zone);
    const answer = (await answerSpend(deps.store, {
      tenant: tenantOf(request),
      from,
      to,
      groupBy: ["model"],
      tz: "UTC",
      ...(team === undefined ? {} : { filter: { team } }),
    })) as { rows: Line[]; total: Line };
    if (format === "csv") {
      response.type("text/csv").send(toCsv(team, answer.rows, answer.total));
      return;
    }
    const cents = Object.fromEntries(AMOUNTS.map((a) => [a, formatCents(readUsd(String(answer.total[a])))]));
    response.json({
      period: request.params.period,
      team: team ?? null,
      zone,
      currency: "USD",
      rows: answer.rows,
      total: answer.total,
      cents,
    });
  });
  router.get("/alerts", async (request, response) => {
    const fired = await deps.store.control.list("alert_state", tenantOf(request));
    response.json({
      items: fired.map((e) => ({ ...(e.value as object), id: e.id, fired_at: new Date(e.knownFrom).toISOString() })),
    });
  });
}

function readMonth(period: string, zone: string): { from: number; to: number } {
  if (!/^(19[7-9]\d|20\d\d)-(0[1-9]|1[0-2])$/.test(period))
    throw new Problem(400, `period: ${JSON.stringify(period)} must be a month such as 2026-10`, "period");
  const { from, to } = monthSpan(period, zone);
  return { from: Math.max(from, 0), to };
}

function toCsv(team: string | undefined, rows: readonly Line[], total: Line): string {
  const line = (name: string, row: Line): string =>
    [quote(team ?? ""), quote(name), row.requests, row.unpriced_requests, ...AMOUNTS.map((a) => String(row[a]))].join(
      ",",
    );
  const lines = [
    ["team", "model", "requests", "unpriced_requests", ...AMOUNTS].join(","),
    ...rows.map((r) => line(r.model ?? "", r)),
    line("total", total),
  ];
  return `${lines.join("\r\n")}\r\n`;
}

/** Names come from senders: one that a spreadsheet would read as a formula gets a quote in front. */
const quote = (text: string): string => `"${(/^[=+\-@\t\r\0]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
