import { createGunzip, createZstdDecompress } from "node:zlib";
import type { IncomingMessage } from "node:http";
import type { MemoryShare } from "./memory-budget.ts";
import { Refusal } from "./refusal.ts";

/** OTLP's recommended limit, counted on the wire and again while inflating. */
export const MAX_BODY_BYTES = 64 * 1024 * 1024;
/** More than any honest telemetry reaches (measured below 60:1); above it, past the first MiB, it is a bomb. */
const MAX_RATIO = 250;
const RATIO_FREE_BYTES = 1024 * 1024;

/**
 * Reads and inflates a request body within the limits.
 * @throws Refusal 400 broken gzip or zstd, 413 too large, 415 unknown encoding, 503 too much in flight
 */
export async function readBody(
  request: IncomingMessage,
  memory: MemoryShare,
  limit = MAX_BODY_BYTES,
): Promise<Uint8Array> {
  const encoding = (request.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (encoding !== "identity" && !isPacked(encoding))
    throw new Refusal(
      415,
      "unknown_encoding",
      `content-encoding ${JSON.stringify(encoding)} is not supported: send gzip, zstd or none`,
    );
  const packed = await collect(request, memory, limit);
  return encoding === "identity" ? packed : inflate(packed, encoding, { memory, limit });
}

async function collect(stream: AsyncIterable<Buffer>, memory: MemoryShare, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > limit) throw tooLarge(limit);
    memory.take(chunk.length);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

const UNPACK = { gzip: createGunzip, zstd: createZstdDecompress } as const;
const isPacked = (encoding: string): encoding is keyof typeof UNPACK => Object.hasOwn(UNPACK, encoding);

/** Inflates every member, as several may be concatenated; stops as soon as a limit is passed. */
async function inflate(
  packed: Buffer,
  encoding: keyof typeof UNPACK,
  { memory, limit }: { readonly memory: MemoryShare; readonly limit: number },
): Promise<Buffer> {
  const unpacking = UNPACK[encoding]();
  const most = Math.min(limit, Math.max(RATIO_FREE_BYTES, packed.length * MAX_RATIO));
  unpacking.end(packed);
  try {
    return await collect(unpacking as AsyncIterable<Buffer>, memory, most);
  } catch (thrown) {
    if (thrown instanceof Refusal) throw thrown;
    throw new Refusal(
      400,
      `broken_${encoding}`,
      `the body says content-encoding ${encoding} but is not whole ${encoding}: send it again whole, or without the header`,
    );
  } finally {
    unpacking.destroy();
  }
}

const tooLarge = (limit: number): Refusal =>
  new Refusal(
    413,
    "too_large",
    `the body is over ${limit} bytes, counted after decompression: send smaller batches (OTEL_BSP_MAX_EXPORT_BATCH_SIZE)`,
  );
