import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PermanentError, RetryableError } from "@inferledger/runtime";
import { logContract } from "../stream.contract.ts";
import type { Log } from "../stream.ts";
import { USAGE_TOPIC } from "../topics.ts";
import { openLocalLog } from "./local-log.ts";

logContract("one embedded database", async () => {
  const folder = mkdtempSync(join(tmpdir(), "inferledger-log-"));
  let log = await openLocalLog({ folder, now: Date.now });
  return {
    log: () => log,
    async reopen() {
      await log.close();
      log = await openLocalLog({ folder, now: Date.now });
    },
    async end() {
      await log.close();
      rmSync(folder, { recursive: true });
    },
  };
});

describe("the embedded log alone", () => {
  let folder: string;
  let log: Log | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "inferledger-log-"));
    log = undefined;
  });
  afterEach(async () => {
    await log?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const subscription = { group: "worker", topics: [USAGE_TOPIC] };
  const value = Buffer.from("x");

  test("says that a folder cannot be made, and how to mend it", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    const opening = openLocalLog({ folder: join(file, "log"), now: Date.now });
    await expect(opening).rejects.toThrow(PermanentError);
    await expect(opening).rejects.toThrow(join(file, "log"));
  });

  test("belongs to one process, and loses nothing that was acknowledged before a kill -9", async () => {
    const child = fork(new URL("./local-log.kill.fixture.ts", import.meta.url), [folder], { execArgv: [] });
    const acknowledged = new Set<number>();
    child.on("message", (n) => acknowledged.add(Number(n)));
    while (acknowledged.size < 200) await once(child, "message");
    await expect(openLocalLog({ folder, now: Date.now })).rejects.toThrow(`another inferledger is using ${folder}`);
    child.kill("SIGKILL");
    await once(child, "exit");
    log = await openLocalLog({ folder, now: Date.now });
    expect(Number(await log.lag(subscription))).toBeGreaterThanOrEqual(acknowledged.size);
  });

  test("refuses to grow over its limit, and the sender may try again", async () => {
    log = await openLocalLog({ folder, now: Date.now, maxBytes: 200_000 });
    const large = { headers: {}, value: Buffer.alloc(150_000) };
    await log.publish(USAGE_TOPIC, [large]);
    await log.publish(USAGE_TOPIC, [large]);
    await expect(log.publish(USAGE_TOPIC, [large])).rejects.toThrow(RetryableError);
  });

  test("its clock never goes back, also when the machine's does", async () => {
    let clock = 10_000;
    log = await openLocalLog({ folder, now: () => clock });
    await log.publish(USAGE_TOPIC, [{ headers: {}, value }]);
    clock = 5000;
    await log.publish(USAGE_TOPIC, [{ headers: {}, value }]);
    const times: number[] = [];
    const stopping = new AbortController();
    for await (const delivery of log.subscribe(subscription).deliveries(stopping.signal)) {
      times.push(...delivery.records.map((r) => r.time));
      await delivery.ack();
      if (times.length === 2) stopping.abort();
    }
    expect(times).toEqual([10_000, 10_000]);
  });

  test("forgets old records that every group has taken, and no others", async () => {
    let clock = 0;
    log = await openLocalLog({ folder, now: () => clock, retentionMs: 1000 });
    await log.publish(USAGE_TOPIC, [{ headers: {}, value }]);
    const stopping = new AbortController();
    for await (const delivery of log.subscribe(subscription).deliveries(stopping.signal)) {
      await delivery.ack();
      stopping.abort();
    }
    await log.publish(USAGE_TOPIC, [{ headers: {}, value: Buffer.from("not taken yet") }]);
    clock = 200_000;
    await log.publish(USAGE_TOPIC, [{ headers: {}, value: Buffer.from("new") }]);
    expect(await log.lag(subscription)).toBe(2n);
    const fresh = { group: "late", topics: [USAGE_TOPIC] };
    const seen: string[] = [];
    const late = new AbortController();
    for await (const delivery of log.subscribe(fresh).deliveries(late.signal)) {
      seen.push(...delivery.records.map((r) => Buffer.from(r.value).toString()));
      await delivery.ack();
      if (seen.length >= 2) late.abort();
    }
    expect(seen).toEqual(["not taken yet", "new"]);
  });
});
