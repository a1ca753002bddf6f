import type { Delivery } from "../stream.ts";

/** Turns a consumer's callbacks into an iterable: one delivery at a time, given when the reader asks. */
export interface Handover {
  readonly deliveries: AsyncIterable<Delivery>;
  /** Resolves true when the reader took it, false when the reading has ended. */
  offer(delivery: Delivery): Promise<boolean>;
  end(): void;
  fail(cause: Error): void;
}

export function createHandover(): Handover {
  const offered: { readonly delivery: Delivery; readonly taken: (yes: boolean) => void }[] = [];
  let ended = false;
  let fault: Error | undefined;
  let wake = Promise.withResolvers<void>();
  const notify = (): void => {
    wake.resolve();
    wake = Promise.withResolvers<void>();
  };
  async function* read(): AsyncGenerator<Delivery> {
    for (;;) {
      if (fault) throw fault;
      if (ended) break;
      const next = offered.shift();
      if (!next) {
        await wake.promise;
        continue;
      }
      next.taken(true);
      yield next.delivery;
    }
    for (const { taken } of offered.splice(0)) taken(false);
  }
  return {
    deliveries: read(),
    offer: (delivery) =>
      ended
        ? Promise.resolve(false)
        : new Promise((resolve) => {
            offered.push({ delivery, taken: resolve });
            notify();
          }),
    end() {
      ended = true;
      notify();
    },
    fail(cause) {
      fault = cause;
      notify();
    },
  };
}
