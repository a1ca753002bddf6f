import { setTimeout as sleep } from "node:timers/promises";
import { getJson, until, type Running } from "./inferledger.ts";
import { chatSpan, traces } from "./spans.ts";

const TEAMS = ["search", "ads", "support"] as const;
const SPANS_PER_REQUEST = 100;
const SENDERS = 4;

interface Sent {
  readonly callId: string;
  readonly team: string;
  readonly input: number;
  readonly output: number;
}

interface Spend {
  readonly rows: readonly { readonly team: string; readonly requests: number; readonly opex: string }[];
  readonly total: { readonly requests: number; readonly opex: string };
}

/**
 * Sends events in batches that are tried again until they are acknowledged, while the process is killed again and
 * again; then compares the ledger event by event, the rollup and the api with the sender's own list.
 */
export async function runKills(
  running: Running,
  plan: { readonly events: number; readonly kills: number },
): Promise<{ differences: string[]; kills: number }> {
  const start = Date.now() - 600_000;
  const batches = makeBatches(plan.events, start);
  const queue = [...batches];
  const progress = { acknowledged: 0 };
  const sender = async (): Promise<void> => {
    for (let batch = queue.shift(); batch; batch = queue.shift()) {
      await sendUntilAcknowledged(running, batch.body);
      progress.acknowledged += 1;
    }
  };
  const sending = Promise.all(Array.from({ length: SENDERS }, sender));
  let kills = 0;
  for (; kills < plan.kills; kills += 1) {
    const goal = Math.floor((batches.length * (kills + 0.5)) / plan.kills);
    while (progress.acknowledged < goal) await sleep(5);
    await sleep((kills * 37) % 300);
    await running.kill();
    await running.restart();
  }
  await sending;
  const sent = batches.flatMap((b) => b.sent);
  return { kills, differences: await compare(running, sent) };
}

function makeBatches(events: number, start: number): { readonly sent: Sent[]; readonly body: string }[] {
  return Array.from({ length: Math.ceil(events / SPANS_PER_REQUEST) }, (_, b) => {
    const sent = Array.from({ length: Math.min(SPANS_PER_REQUEST, events - b * SPANS_PER_REQUEST) }, (__, i): Sent => {
      const n = b * SPANS_PER_REQUEST + i + 1;
      return {
        callId: n.toString(16).padStart(32, "0"),
        team: TEAMS[n % TEAMS.length] ?? "",
        input: (n * 7919) % 5000,
        output: 1 + ((n * 104729) % 900),
      };
    });
    const spans = sent.map((s, i) =>
      chatSpan({
        traceId: s.callId,
        spanId: s.callId.slice(16),
        timeMs: start + ((b * SPANS_PER_REQUEST + i) % 1_500_000),
        attributes: { team: s.team, "gen_ai.usage.input_tokens": s.input, "gen_ai.usage.output_tokens": s.output },
      }),
    );
    return { sent, body: JSON.stringify(traces(spans)) };
  });
}

/** As an OpenTelemetry exporter retries, but without giving up; every tenth batch is sent twice. */
async function sendUntilAcknowledged(running: Running, body: string): Promise<void> {
  let again = body.length % 10 === 0 ? 1 : 0;
  for (;;) {
    try {
      const response = await fetch(`${running.otlp}/v1/traces`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      if (response.status === 200 && again-- <= 0) return;
    } catch {
      // The process was killed: the same batch again, as any exporter does.
    }
    await sleep(20);
  }
}

/** gpt-4o-mini: $0.15 and $0.60 a million tokens, in pico-dollars. */
const amountOf = (s: Sent): bigint => BigInt(s.input) * 150_000n + BigInt(s.output) * 600_000n;
const pico = (usd: string): bigint => {
  const [whole = "0", fraction = ""] = usd.split(".");
  return BigInt(whole) * 10n ** 12n + BigInt(fraction.padEnd(12, "0"));
};

async function compare(running: Running, sent: readonly Sent[]): Promise<string[]> {
  const range = "from=2026-01-01&to=2100-01-01";
  await until(
    () => getJson<{ pending: number; priced: number }>(`${running.api}/api/v1/balance?${range}`),
    (b) => b.pending === 0 && b.priced === sent.length,
    120_000,
  );
  await until(
    () => rows(running, "SELECT count() FROM inferledger.dirty_buckets"),
    ([[n] = ["1"]]) => n === "0",
    60_000,
  );
  const differences: string[] = [];
  const stored = new Map(
    (
      await rows(
        running,
        "SELECT p.trace_id, l.team, toString(l.amount), count() FROM inferledger.ledger AS l FINAL INNER JOIN (SELECT DISTINCT call_key, trace_id FROM inferledger.proof) AS p ON p.call_key = l.call_key WHERE l.billed = 1 GROUP BY ALL",
      )
    ).map((r) => [r[0] ?? "", r]),
  );
  for (const s of sent) {
    const row = stored.get(s.callId);
    if (!row) differences.push(`missing ${s.callId}`);
    else if (row[1] !== s.team || pico(row[2] ?? "") !== amountOf(s) || row[3] !== "1")
      differences.push(`wrong ${s.callId}: ${row.join(" ")}`);
  }
  if (stored.size !== sent.length) differences.push(`${stored.size} events stored, ${sent.length} sent`);
  const spend = await getJson<Spend>(`${running.api}/api/v1/spend?${range}&group_by=team`);
  const rollup = new Map(
    (
      await rows(
        running,
        "SELECT team, toString(sum(requests)), toString(sum(amount)) FROM inferledger.spend_15m FINAL GROUP BY team",
      )
    ).map((r) => [r[0], r]),
  );
  for (const team of TEAMS) {
    const own = sent.filter((s) => s.team === team);
    const total = own.reduce((sum, s) => sum + amountOf(s), 0n);
    const answer = spend.rows.find((r) => r.team === team);
    if (answer?.requests !== own.length || pico(answer.opex) !== total)
      differences.push(`api, ${team}: ${JSON.stringify(answer)}, sent ${own.length} for ${total}`);
    if (rollup.get(team)?.[1] !== String(own.length) || pico(rollup.get(team)?.[2] ?? "0") !== total)
      differences.push(`rollup, ${team}: ${String(rollup.get(team))}`);
  }
  return differences.slice(0, 20);
}

async function rows(running: Running, sql: string): Promise<string[][]> {
  const response = await fetch(`${running.door}/?default_format=TabSeparated`, { method: "POST", body: sql });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text.trim() === ""
    ? []
    : text
        .trim()
        .split("\n")
        .map((line) => line.split("\t"));
}
