import { idOf, randomOf } from "./random.ts";
import { HOUR_MS, isDuring, MODELS, SPIKE, TEAMS, type DemoTeam, type ModelName } from "./scenario.ts";

/** One model call. Tokens as the provider counts them: `input` with the cached part, `output` with the reasoning. */
export interface Call {
  readonly traceId: string;
  readonly spanId: string;
  readonly time: number;
  readonly durationMs: number;
  readonly team: DemoTeam;
  readonly model: ModelName;
  readonly input: number;
  readonly cacheRead: number;
  readonly output: number;
}

export interface History {
  readonly seed: number;
  /** First day's midnight, UTC, ms. */
  readonly start: number;
}

/** The calls of one hour, by time: the same in every run, whichever hours are asked for and in what order. */
export function callsOfHour(history: History, hour: number): Call[] {
  return TEAMS.flatMap((team) => {
    const random = randomOf(history.seed, hour, team.team);
    const count = Math.round(team.peak * rhythm(hour) * spikeFactor(team, hour) * (0.8 + 0.4 * random()));
    return Array.from({ length: count }, (_, i) =>
      toCall([history.seed, hour, team.team, i], { team, time: hour + Math.floor(random() * HOUR_MS) }),
    );
  }).sort((a, b) => a.time - b.time);
}

const LIVE_CALLS_PER_SECOND = 2;

/** The calls of one second of live traffic. */
export function callsOfSecond(history: History, second: number): Call[] {
  return Array.from({ length: LIVE_CALLS_PER_SECOND }, (_, i) => {
    const random = randomOf(history.seed, "live", second, i);
    const team = pick(TEAMS, random());
    return toCall([history.seed, "live", second, i], { team, time: second * 1000 + Math.floor(random() * 1000) });
  });
}

function toCall(
  name: readonly (string | number)[],
  { team, time }: { readonly team: DemoTeam; readonly time: number },
): Call {
  const random = randomOf(...name, "call");
  const input = 200 + Math.floor(random() ** 2 * 60_000);
  return {
    traceId: idOf(32, ...name, "trace"),
    spanId: idOf(16, ...name, "span"),
    time,
    durationMs: 300 + Math.floor(random() * 8000),
    team,
    model: pick(team.uses, random()),
    input,
    cacheRead: random() < 0.4 ? Math.floor(input * random()) : 0,
    output: 20 + Math.floor(random() ** 2 * 4000),
  };
}

const pick = <T>(list: readonly T[], at: number): T => list[Math.floor(at * list.length)] as T;

/** A share of the peak: busiest at 15:00 UTC, quiet at night and at weekends. */
export function rhythm(time: number): number {
  const hour = new Date(time).getUTCHours();
  const weekend = [0, 6].includes(new Date(time).getUTCDay());
  return (0.15 + 0.85 * Math.max(0, Math.cos(((hour - 15) / 24) * 2 * Math.PI)) ** 1.5) * (weekend ? 0.35 : 1);
}

const spikeFactor = (team: DemoTeam, time: number): number =>
  team.team === SPIKE.team && isDuring(SPIKE.when, time) ? SPIKE.factor : 1;

export const isUnknown = (call: Call): boolean => "unknown" in MODELS[call.model];
