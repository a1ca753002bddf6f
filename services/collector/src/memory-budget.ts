import { Refusal } from "./refusal.ts";

/** What one request holds of the memory that all requests in flight share. */
export interface MemoryShare {
  /** @throws Refusal 503 when the requests in flight hold too much: the sender comes again */
  take(bytes: number): void;
  giveBack(): void;
}

/** Bodies in flight, as sent and inflated: four of the largest. Beyond it senders are asked to wait, and nothing is lost. */
export const MOST_IN_FLIGHT_BYTES = 256 * 1024 * 1024;

export function createMemoryBudget(limit = MOST_IN_FLIGHT_BYTES): () => MemoryShare {
  let held = 0;
  return () => {
    let own = 0;
    return {
      take(bytes) {
        if (held + bytes > limit)
          throw new Refusal(503, "busy", "too much is being received at once, send it again in a moment");
        held += bytes;
        own += bytes;
      },
      giveBack() {
        held -= own;
        own = 0;
      },
    };
  };
}
