import { Readable } from "node:stream";
import type { IncomingMessage } from "node:http";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { createMemoryBudget } from "./memory-budget.ts";
import { readBody } from "./read-body.ts";
import { Refusal } from "./refusal.ts";

const requestOf = (body: Uint8Array, encoding?: string): IncomingMessage =>
  Object.assign(Readable.from([Buffer.from(body)]), {
    headers: encoding === undefined ? {} : { "content-encoding": encoding },
  }) as unknown as IncomingMessage;
const refusalOf = async (work: Promise<unknown>): Promise<string> => {
  const thrown: unknown = await work.catch((e: unknown) => e);
  return thrown instanceof Refusal ? `${thrown.status} ${thrown.reason}` : "none";
};

describe("a body", () => {
  const memory = (): ReturnType<ReturnType<typeof createMemoryBudget>> => createMemoryBudget()();

  test("is read plain, and inflated from gzip of several members", async () => {
    expect(Buffer.from(await readBody(requestOf(Buffer.from("abc")), memory())).toString()).toBe("abc");
    const two = Buffer.concat([gzipSync("one,"), gzipSync("two")]);
    expect(Buffer.from(await readBody(requestOf(two, "gzip"), memory())).toString()).toBe("one,two");
  });

  test("is inflated from zstd of several frames, and refused when it is cut short", async () => {
    const two = Buffer.concat([zstdCompressSync(Buffer.from("one,")), zstdCompressSync(Buffer.from("two"))]);
    expect(Buffer.from(await readBody(requestOf(two, "zstd"), memory())).toString()).toBe("one,two");
    const whole = zstdCompressSync(Buffer.from("abcdef".repeat(500)));
    for (const cut of [1, 5, whole.length - 1])
      expect(await refusalOf(readBody(requestOf(whole.subarray(0, cut), "zstd"), memory()))).toBe("400 broken_zstd");
    expect(await refusalOf(readBody(requestOf(zstdCompressSync(Buffer.alloc(2000)), "zstd"), memory(), 1000))).toBe(
      "413 too_large",
    );
  });

  test("is refused at the limit, as sent and as inflated, and when it is cut short", async () => {
    expect(await refusalOf(readBody(requestOf(Buffer.alloc(11)), memory(), 10))).toBe("413 too_large");
    expect(await refusalOf(readBody(requestOf(gzipSync(Buffer.alloc(2000)), "gzip"), memory(), 1000))).toBe(
      "413 too_large",
    );
    expect(await refusalOf(readBody(requestOf(gzipSync("abcdef").subarray(0, 12), "gzip"), memory()))).toBe(
      "400 broken_gzip",
    );
  });

  test("waits its turn: what is in flight together stays below a limit, and is given back", async () => {
    const budget = createMemoryBudget(100);
    const [first, second] = [budget(), budget()];
    await readBody(requestOf(Buffer.alloc(80)), first);
    expect(await refusalOf(readBody(requestOf(Buffer.alloc(30)), second))).toBe("503 busy");
    second.giveBack();
    first.giveBack();
    await expect(readBody(requestOf(Buffer.alloc(100)), budget())).resolves.toHaveLength(100);
  });
});
