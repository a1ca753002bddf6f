import { metrics, type Counter } from "@opentelemetry/api";

/**
 * One fact = one notice: the log line and the counter together. Labels must be bounded; nothing per
 * event on the good path. Lines are JSON on stderr, so that stdout stays for what a person asked for.
 */
export interface Notices {
  /** Counts; writes a line only where `level` is given. */
  notice(fact: string, count: number, labels?: Labels): void;
  info(text: string, labels?: Labels): void;
  warn(fact: string, text: string, labels?: Labels): void;
}

export type Labels = Readonly<Record<string, string | number>>;

export function createNotices(service: string, write: (line: string) => void = toStderr): Notices {
  const counters = new Map<string, Counter>();
  const count = (fact: string, by: number, labels: Labels = {}): void => {
    let counter = counters.get(fact);
    if (!counter) counters.set(fact, (counter = metrics.getMeter("inferledger").createCounter(`inferledger.${fact}`)));
    counter.add(by, { service, ...labels });
  };
  const line = (level: string, text: string, labels: Labels = {}): void => {
    write(JSON.stringify({ level, service, text, ...labels }));
  };
  return {
    notice: count,
    info: (text, labels) => line("info", text, labels),
    warn(fact, text, labels) {
      count(fact, 1);
      line("warn", text, labels);
    },
  };
}

const toStderr = (line: string): void => void process.stderr.write(`${line}\n`);
