import type { Asset, Budget, Pool, SpikeRule } from "@inferledger/events";

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;

/** USD per million tokens, as the providers list them; none has a tier below 100,000 tokens. */
export interface ListPrice {
  readonly input: string;
  readonly cacheRead: string;
  readonly output: string;
}

export interface DemoModel {
  readonly provider: string;
  readonly model: string;
  /** Undefined: served by a pool of one's own, or unknown to every price book. */
  readonly price?: ListPrice;
  readonly unknown?: true;
}

const api = (provider: string, model: string, [input, cacheRead, output]: readonly [string, string, string]) => ({
  provider,
  model,
  price: { input, cacheRead, output },
});

/** Six models of four providers, two of one's own, and one that nobody has a price for. */
export const MODELS = {
  "gpt-5-mini": api("openai", "gpt-5-mini", ["0.25", "0.025", "2"]),
  "gpt-4.1": api("openai", "gpt-4.1", ["2", "0.5", "8"]),
  "claude-haiku-4-5": api("anthropic", "claude-haiku-4-5", ["1", "0.1", "5"]),
  "claude-sonnet-5": api("anthropic", "claude-sonnet-5", ["2", "0.2", "10"]),
  "gemini-3.8-flash": api("gcp.gemini", "gemini-3.8-flash", ["0.75", "0.075", "3.75"]),
  "mistral-large-3": api("mistral_ai", "mistral-large-3", ["0.5", "0.05", "1.5"]),
  "acme-chat-70b": { provider: "acme", model: "acme-chat-70b" },
  "acme-search-8b": { provider: "acme", model: "acme-search-8b" },
  "nova-preview-1": { provider: "nova", model: "nova-preview-1", unknown: true },
} as const satisfies Record<string, DemoModel>;
export type ModelName = keyof typeof MODELS;

export interface DemoTeam {
  readonly team: string;
  readonly service: string;
  /** Calls in a busy weekday hour. */
  readonly peak: number;
  /** Models, each as often as it is named. */
  readonly uses: readonly ModelName[];
}

export const TEAMS: readonly DemoTeam[] = [
  { team: "search", service: "search-api", peak: 54, uses: ["gemini-3.8-flash", "acme-search-8b", "acme-search-8b"] },
  {
    team: "support",
    service: "support-bot",
    peak: 45,
    uses: ["claude-haiku-4-5", "claude-haiku-4-5", "acme-chat-70b"],
  },
  { team: "ads", service: "ad-writer", peak: 36, uses: ["gpt-5-mini", "gpt-5-mini", "gpt-5-mini", "gpt-4.1"] },
  {
    team: "research",
    service: "notebooks",
    peak: 24,
    uses: ["claude-sonnet-5", "claude-sonnet-5", "claude-sonnet-5", "mistral-large-3", "nova-preview-1"],
  },
  { team: "platform", service: "gateway", peak: 18, uses: ["gpt-5-mini", "mistral-large-3"] },
];

/** A day that comes every second month, so that 60 days hold one of it: runs on different days agree on it. */
export interface Incident {
  readonly monthParity: 0 | 1;
  readonly day: number;
  readonly fromHour: number;
  readonly toHour: number;
}
/** Ads retries in a loop for two hours: twelve times its usual calls. */
export const SPIKE = { team: "ads", factor: 12, when: { monthParity: 0, day: 15, fromHour: 14, toHour: 16 } } as const;
/** The exporter of the chat pool is down for three hours: unknown, not idle. */
export const OUTAGE = { pool: "chat", when: { monthParity: 1, day: 5, fromHour: 2, toHour: 5 } } as const;
/** After so many days the chat pool's contract is renewed at another rate. */
export const RATE_CHANGE_DAY = 30;

export function isDuring({ monthParity, day, fromHour, toHour }: Incident, time: number): boolean {
  const date = new Date(time);
  const hour = date.getUTCHours();
  return (date.getUTCMonth() + 1) % 2 === monthParity && date.getUTCDate() === day && hour >= fromHour && hour < toHour;
}

export const POOL_GPUS = { chat: 2, search: 1 } as const;

export interface Declared {
  readonly assets: readonly Asset[];
  readonly pools: readonly Pool[];
  readonly budgets: readonly Budget[];
  readonly rules: readonly SpikeRule[];
}

const gpus = (pool: string, count: number): string[] => Array.from({ length: count }, (_, i) => `GPU-${pool}-${i}`);
const instant = (ms: number): string => new Date(ms).toISOString();

/** What the demo's people declare. `start` is the first day's midnight, UTC. */
export function declare(start: number): Declared {
  const change = instant(start + RATE_CHANGE_DAY * DAY_MS);
  const asset = { currency: "USD", method: "straight_line" } as const;
  const chat = { gpus: gpus("chat", POOL_GPUS.chat), model: "acme-chat-70b" };
  return {
    assets: [
      {
        ...asset,
        id: "acme-chat-70b",
        model: "acme-chat-70b",
        kind: "training",
        cost: "240000",
        in_service: "2026-03-01",
        life_months: 24,
      },
      {
        ...asset,
        id: "acme-search-8b",
        model: "acme-search-8b",
        kind: "fine_tune",
        cost: "18000",
        in_service: "2026-06-15",
        life_months: 12,
      },
    ],
    pools: [
      { ...chat, id: "chat-first-contract", usd_per_gpu_hour: "2.80", from: instant(start), to: change },
      { ...chat, id: "chat-second-contract", usd_per_gpu_hour: "2.10", from: change },
      {
        id: "search",
        gpus: gpus("search", POOL_GPUS.search),
        model: "acme-search-8b",
        usd_per_gpu_hour: "1.90",
        from: instant(start),
      },
    ],
    budgets: TEAMS.map(({ team }) => ({ id: `${team}-month`, team, monthly_usd: "250", thresholds: [80, 100] })),
    rules: [{ id: "spike", ratio: 3, floor_usd: "1", window_hours: 24 }],
  };
}
