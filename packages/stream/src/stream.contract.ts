import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Receipt } from "@inferledger/events";
import { PermanentError } from "@inferledger/runtime";
import { createDeadLetter } from "./dead-letter.ts";
import { MAX_RECORD_BYTES, type Delivery, type Log, type LogRecord, type NewRecord } from "./stream.ts";
import { DEAD_LETTER_TOPIC, GPU_TOPIC, ORIGIN_HEADER, REASON_HEADER, RECEIPT_HEADER, USAGE_TOPIC } from "./topics.ts";

/** A log that can be closed and opened again, as a process that ends and starts. */
export interface LogUnderTest {
  readonly log: () => Log;
  reopen(): Promise<void>;
  end(): Promise<void>;
}

/** What every adapter of the log promises. Each test uses a group and markers of its own. */
export function logContract(name: string, open: () => Promise<LogUnderTest>): void {
  describe(`the log on ${name}`, () => {
    let under: LogUnderTest;
    beforeAll(async () => {
      under = await open();
    }, 120_000);
    afterAll(() => under?.end());
    const log = (): Log => under.log();

    test("delivers what was published, in order, byte for byte, with key, headers and a time that never goes back", async () => {
      const mark = randomUUID();
      const bytes = Buffer.from([0, 255, 10, 13, 128, 1]);
      const records = Array.from({ length: 20 }, (_, i) => record(mark, `n-${i}`));
      await log().publish(USAGE_TOPIC, [...records, { ...record(mark, "bytes"), value: bytes }]);
      const seen = await take(log(), { mark, count: 21, acknowledge: true });
      expect(seen.slice(0, 20).map((r) => text(r))).toEqual(records.map((_, i) => `n-${i}`));
      expect(Buffer.from(seen[20]?.value ?? [])).toEqual(bytes);
      expect(seen.every((r) => r.key === mark && r.headers.mark === mark && r.topic === USAGE_TOPIC)).toBe(true);
      expect(seen.every((r, i) => r.time >= (seen[i - 1]?.time ?? 0) && r.offset > (seen[i - 1]?.offset ?? -1n))).toBe(
        true,
      );
    });

    test("delivers again what was not acknowledged, after a restart, and not what was", async () => {
      const mark = randomUUID();
      await log().publish(USAGE_TOPIC, [record(mark, "a"), record(mark, "b")]);
      expect((await take(log(), { mark, count: 2, acknowledge: false })).map(text)).toEqual(["a", "b"]);
      await under.reopen();
      expect((await take(log(), { mark, count: 2, acknowledge: true })).map(text)).toEqual(["a", "b"]);
      await under.reopen();
      const later = randomUUID();
      await log().publish(USAGE_TOPIC, [{ ...record(mark, "c"), headers: { mark: later } }]);
      expect((await take(log(), { mark: later, group: mark, count: 1, acknowledge: true })).map(text)).toEqual(["c"]);
    });

    test("gives the same records back after retry", async () => {
      const mark = randomUUID();
      await log().publish(USAGE_TOPIC, [record(mark, "again")]);
      const seen = await take(log(), { mark, count: 2, acknowledge: true, retryFirst: true });
      expect(seen.map(text)).toEqual(["again", "again"]);
      expect(seen[0]?.offset).toBe(seen[1]?.offset);
    });

    test("gives every group everything", async () => {
      const mark = randomUUID();
      await log().publish(USAGE_TOPIC, [record(mark, "one")]);
      for (const group of [`${mark}-x`, `${mark}-y`])
        expect((await take(log(), { mark, group, count: 1, acknowledge: true })).map(text)).toEqual(["one"]);
    });

    test("takes many publishes at once, each exactly once", async () => {
      const mark = randomUUID();
      const names = Array.from({ length: 300 }, (_, i) => `p-${i}`);
      await Promise.all(names.map((n) => log().publish(USAGE_TOPIC, [record(mark, n)])));
      const seen = await take(log(), { mark, count: 300, acknowledge: true });
      expect(seen.map(text).sort()).toEqual(names.sort());
    });

    test("refuses a record over the limit by its size, and stores nothing of that publish", async () => {
      const mark = randomUUID();
      const large = { ...record(mark, ""), value: Buffer.alloc(MAX_RECORD_BYTES + 1) };
      await expect(log().publish(USAGE_TOPIC, [record(mark, "beside"), large])).rejects.toThrow(PermanentError);
      await expect(log().publish(USAGE_TOPIC, [large])).rejects.toThrow("900001");
      await log().publish(USAGE_TOPIC, [record(mark, "after")]);
      expect((await take(log(), { mark, count: 1, acknowledge: true })).map(text)).toEqual(["after"]);
    });

    test("takes a record of exactly the limit, an empty one, and several that are too large for one request", async () => {
      const mark = randomUUID();
      const whole = { ...record(mark, ""), value: Buffer.alloc(MAX_RECORD_BYTES, 7) };
      await log().publish(USAGE_TOPIC, [whole, { headers: { mark }, value: new Uint8Array() }, whole, whole]);
      const seen = await take(log(), { mark, count: 4, acknowledge: true });
      expect(seen.map((r) => r.value.byteLength).sort((a, b) => a - b)).toEqual([
        0,
        MAX_RECORD_BYTES,
        MAX_RECORD_BYTES,
        MAX_RECORD_BYTES,
      ]);
    });

    test("tells a group's lag, and a tenant's pending sightings by the receipts, until they are acknowledged", async () => {
      const [mark, tenant] = [randomUUID(), randomUUID()];
      const subscription = { group: mark, topics: [USAGE_TOPIC] };
      await take(log(), { mark, count: 0, acknowledge: true, drain: true });
      const lagBefore = await log().lag(subscription);
      await log().publish(USAGE_TOPIC, [
        { ...record(mark, "x"), headers: { mark, [RECEIPT_HEADER]: receipt(tenant, 7) } },
        { ...record(mark, "y"), headers: { mark, [RECEIPT_HEADER]: receipt(tenant, 5) } },
        { ...record(mark, "z"), headers: { mark, [RECEIPT_HEADER]: receipt("another", 100) } },
        { ...record(mark, "w"), headers: { mark, [RECEIPT_HEADER]: "{broken", tenant } },
      ]);
      expect((await log().lag(subscription)) - lagBefore).toBe(4n);
      expect(await log().pending(subscription, tenant)).toBe(7 + 5 + 1);
      await take(log(), { mark, count: 4, acknowledge: true });
      expect(await log().pending(subscription, tenant)).toBe(0);
    });

    test("ends its deliveries when it is told to", async () => {
      const stopping = new AbortController();
      const reading = (async () => {
        for await (const delivery of log()
          .subscribe({ group: randomUUID(), topics: [GPU_TOPIC] })
          .deliveries(stopping.signal))
          await delivery.ack();
        return "ended";
      })();
      setTimeout(() => stopping.abort(), 100);
      expect(await reading).toBe("ended");
    });

    test("keeps what cannot be read as a dead letter, with its reason and where it came from", async () => {
      const mark = randomUUID();
      await log().publish(USAGE_TOPIC, [record(mark, "{not json")]);
      const [bad] = await take(log(), { mark, count: 1, acknowledge: true });
      if (!bad) throw new Error("nothing came");
      await createDeadLetter(log()).send(bad, "bad_line", "line 1: not JSON");
      const [letter] = await take(log(), { mark, topic: DEAD_LETTER_TOPIC, count: 1, acknowledge: true });
      expect(text(letter)).toBe("{not json");
      expect(letter?.headers[REASON_HEADER]).toContain("not JSON");
      expect(letter?.headers[ORIGIN_HEADER]).toBe(`${bad.topic}/${bad.partition}/${bad.offset}`);
    });
  });
}

const record = (mark: string, value: string): NewRecord => ({
  key: mark,
  headers: { mark },
  value: Buffer.from(value),
});
const text = (r: LogRecord | undefined): string => Buffer.from(r?.value ?? []).toString("utf8");
const receipt = (tenant: string, accepted: number): string =>
  JSON.stringify({ tenant, accepted, rejected: {}, ignored: 0 } satisfies Receipt);

interface Taking {
  readonly mark: string;
  readonly group?: string;
  readonly topic?: string;
  readonly count: number;
  readonly acknowledge: boolean;
  readonly retryFirst?: boolean;
  /** Go on until nothing is left, instead of until `count`. */
  readonly drain?: boolean;
}

/** Records with a mark, as a group of that name reads them; stops when it has `count`. */
async function take(log: Log, taking: Taking): Promise<LogRecord[]> {
  const subscription = { group: taking.group ?? taking.mark, topics: [taking.topic ?? USAGE_TOPIC] };
  const stopping = new AbortController();
  const seen: LogRecord[] = [];
  let retried = taking.retryFirst !== true;
  const enough = async (): Promise<boolean> =>
    taking.drain === true ? (await log.lag(subscription)) === 0n : seen.length >= taking.count;
  if (await enough()) return seen;
  for await (const delivery of log.subscribe(subscription).deliveries(stopping.signal)) {
    const own = delivery.records.filter((r) => r.headers.mark === taking.mark);
    seen.push(...own);
    if (own.length > 0 && !retried) {
      retried = true;
      await delivery.retry(new Error("once more"));
      continue;
    }
    await settle(delivery, taking);
    if (await enough()) stopping.abort();
  }
  return seen;
}

const settle = (delivery: Delivery, { acknowledge }: Taking): Promise<void> =>
  acknowledge ? delivery.ack() : delivery.retry(new Error("the process is about to end"));
