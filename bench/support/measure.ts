import { readFileSync } from "node:fs";

export interface Row {
  readonly name: string;
  /** Per second of wall time. */
  readonly rate: number;
  readonly unit: string;
  readonly baseline: string;
  readonly baselineRate: number;
  readonly peakMiB: number;
}

/** How often a second `work` does `units`, best of several rounds of at least 300 ms after one to warm up. */
export function ratePerSecond(units: number, work: () => void): number {
  work();
  let best = 0;
  for (let round = 0; round < 5; round += 1) {
    const start = performance.now();
    let done = 0;
    do {
      work();
      done += units;
    } while (performance.now() - start < 300);
    best = Math.max(best, (done * 1000) / (performance.now() - start));
  }
  return best;
}

/** The most memory that a process has had resident, MiB (Linux). */
export function peakMiB(pid: number | "self" = "self"): number {
  const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Math.round(Number(line?.[1] ?? 0) / 1024);
}

/** Processor seconds that a process has used (Linux, 100 ticks a second). */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

export const show = (row: Row): string =>
  [
    row.name.padEnd(12),
    `${Math.round(row.rate).toLocaleString("en")} ${row.unit}/s`.padStart(22),
    `${(row.rate / row.baselineRate).toFixed(2)} ×`.padStart(9),
    ` ${row.baseline} (${Math.round(row.baselineRate).toLocaleString("en")}/s)`.padEnd(64),
    `${row.peakMiB} MiB`.padStart(9),
  ].join(" ");
