import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Session } from "chdb";

/**
 * The engine's connections. One connection runs one statement at a time, so writes have one of their own and
 * reads take turns on a few others: a long read never holds up an insert.
 */
export interface EngineConnections {
  /** A folder for bodies on their way in; what a killed process left there is gone. */
  readonly inbox: string;
  write<T>(work: (session: Session) => Promise<T>): Promise<T>;
  read<T>(work: (session: Session) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const READERS = 3;

export function openEngine(options: { readonly folder: string; readonly memoryBytes: number }): EngineConnections {
  const args = connectionArgs(options.memoryBytes);
  const open = (): Session => new Session(options.folder, { connectionArgs: args });
  const writer = turns(open());
  const readers = Array.from({ length: READERS }, () => turns(open()));
  // The engine's lock is ours by now, so nobody else is using it.
  const inbox = emptyFolder(join(options.folder, "inbox"));
  return {
    inbox,
    write: (work) => writer.run(work),
    read: (work) => leastBusy(readers).run(work),
    async close() {
      await Promise.all([writer, ...readers].map((t) => t.close()));
    },
  };
}

function emptyFolder(path: string): string {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

/** Money and 64-bit integers leave as text; memory is bounded so that the services beside it live. */
const connectionArgs = (memoryBytes: number): string[] => [
  "--output_format_json_quote_64bit_integers=1",
  "--output_format_json_quote_decimals=1",
  `--max_memory_usage=${memoryBytes}`,
  "--max_threads=2",
  "--max_insert_threads=1",
];

interface Turns {
  readonly waiting: () => number;
  run<T>(work: (session: Session) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Hands one session out in turns, in the order of asking. */
function turns(session: Session): Turns {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  const enqueue = async <T>(work: () => Promise<T>): Promise<T> => {
    waiting += 1;
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      waiting -= 1;
    }
  };
  return {
    waiting: () => waiting,
    run: (work) => enqueue(() => work(session)),
    close: () => enqueue(async () => session.cleanup()),
  };
}

const leastBusy = (readers: readonly Turns[]): Turns =>
  readers.reduce((best, t) => (t.waiting() < best.waiting() ? t : best));
