import { parseArgs } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { readConfig } from "@inferledger/runtime";
import { createClient } from "../client.ts";
import type { Command, Context } from "../command.ts";
import { cliSettings, headersOf } from "../config.ts";
import { UsageFault } from "../usage-fault.ts";
import { callsOfHour, callsOfSecond, type History } from "./calls.ts";
import { compare, type Range } from "./compare.ts";
import { createBooks, type Books } from "./expected.ts";
import { readingsOfHour } from "./gpu-readings.ts";
import { DAY_MS, declare, HOUR_MS, type Declared } from "./scenario.ts";
import { createSender, type Sender } from "./send.ts";
import { toMetrics, toTraces } from "./to-otlp.ts";

const TENANT = "demo";
const HOURS_PER_REQUEST = 6;

/**
 * `inferledger demo`: a repeatable history of whole days up to this midnight (UTC), today's hours so far, then
 * live traffic until Ctrl-C. Everything has its id from the seed, so running it again changes no figure.
 */
export const demo: Command = async (args, context) => {
  const options = readArguments(args);
  const config = readConfig(cliSettings, context.environment);
  const headers = headersOf(TENANT, config.keyFile);
  const sender = createSender({ otlpUrl: config.otlpUrl, apiUrl: config.url, headers });
  const midnight = Math.floor(context.now() / DAY_MS) * DAY_MS;
  const history: History = { seed: options.seed, start: midnight - options.days * DAY_MS };
  const declared = declare(history.start);
  const calls = createBooks();
  await declareAll(sender, declared);
  await sendHistory({ history, to: midnight, books: calls }, sender, context);
  context.print(`sent ${calls.total().requests} calls of ${options.days} days, five teams, into tenant ${TENANT}\n`);
  const range: Range = { from: history.start, to: midnight };
  const { text, equal } = await compare(createClient(config.url, headers), range, { calls, declared });
  context.print(`\n${text}\n${equal ? "The api shows exactly this." : "The api shows other figures."}\n`);
  if (!equal || options.historyOnly) return equal ? 0 : 1;
  context.print(`\nLive traffic now: look at ${config.url}/?tenant=${TENANT}. Ctrl-C stops it.\n`);
  await sendLive({ history, from: midnight }, sender, context);
  return 0;
};

function readArguments(args: readonly string[]): { days: number; seed: number; historyOnly: boolean } {
  const whole = (name: string, value: string): number => {
    if (!/^[1-9]\d{0,3}$/.test(value)) throw new UsageFault(`--${name} must be a whole number from 1 to 9999`);
    return Number(value);
  };
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        days: { type: "string", default: "60" },
        seed: { type: "string", default: "1" },
        "history-only": { type: "boolean", default: false },
      },
    });
    return {
      days: whole("days", values.days),
      seed: whole("seed", values.seed),
      historyOnly: values["history-only"],
    };
  } catch (error) {
    throw error instanceof UsageFault ? error : new UsageFault(error instanceof Error ? error.message : String(error));
  }
}

async function declareAll(sender: Sender, { assets, pools, budgets, rules }: Declared): Promise<void> {
  for (const asset of assets) await sender.declare("/api/v1/capex/assets", asset);
  for (const pool of pools) await sender.declare("/api/v1/gpu/pools", pool);
  for (const budget of budgets) await sender.declare("/api/v1/budgets", budget);
  for (const rule of rules) await sender.declare("/api/v1/alert-rules", rule);
}

async function sendHistory(
  { history, to, books }: { readonly history: History; readonly to: number; readonly books: Books },
  sender: Sender,
  { progress, interrupted }: Context,
): Promise<void> {
  const steps = (to - history.start) / (HOURS_PER_REQUEST * HOUR_MS);
  for (let step = 0; step < steps; step += 1) {
    interrupted.throwIfAborted();
    const hours = Array.from(
      { length: HOURS_PER_REQUEST },
      (_, i) => history.start + (step * HOURS_PER_REQUEST + i) * HOUR_MS,
    );
    const calls = hours.flatMap((hour) => callsOfHour(history, hour));
    await sender.metrics(toMetrics(hours.flatMap((hour) => readingsOfHour(history, hour))));
    await sender.traces(toTraces(calls));
    books.add(calls);
    progress.at(
      step + 1,
      steps,
      `day ${Math.floor((step * HOURS_PER_REQUEST) / 24) + 1}, ${books.total().requests} calls`,
    );
  }
  progress.end();
}

/** Today so far at once, then two calls a second and the readings as they fall due. */
async function sendLive(
  { history, from }: { readonly history: History; readonly from: number },
  sender: Sender,
  { now, interrupted }: Context,
): Promise<void> {
  let until = from;
  while (!interrupted.aborted) {
    const to = Math.floor(now() / 1000) * 1000;
    const hours = hoursBetween(until, to);
    const calls = hours.flatMap((hour) => callsOfHour(history, hour)).filter((c) => c.time >= until && c.time < to);
    const live = until === from ? [] : secondsBetween(until, to).flatMap((second) => callsOfSecond(history, second));
    const readings = hours.flatMap((h) => readingsOfHour(history, h)).filter((r) => r.time >= until && r.time < to);
    if (readings.length > 0) await sender.metrics(toMetrics(readings));
    if (calls.length + live.length > 0) await sender.traces(toTraces([...calls, ...live]));
    until = to;
    await sleep(1000, undefined, { signal: interrupted }).catch(() => undefined);
  }
}

function hoursBetween(from: number, to: number): number[] {
  const hours: number[] = [];
  for (let hour = Math.floor(from / HOUR_MS) * HOUR_MS; hour < to; hour += HOUR_MS) hours.push(hour);
  return hours;
}

const secondsBetween = (from: number, to: number): number[] =>
  Array.from({ length: (to - from) / 1000 }, (_, i) => from / 1000 + i);
