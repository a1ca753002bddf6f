import { isRead } from "./read-names.ts";

/**
 * Attribute keys by their bytes. A body repeats the same few dozen keys for every span, so that most keys are
 * found without making a string; '' stands for a key that is not read. Bounded: senders choose the keys.
 */
const MOST_KEYS = 4096;
const LONGEST_KEY = 200;
const SLOTS = 8192;

interface Known {
  readonly bytes: Buffer;
  readonly key: string;
}

const slots: (Known | undefined)[] = Array.from({ length: SLOTS });
let count = 0;

/** The key at start..end when it is one that is read, else ''. */
export function readKey(buffer: Buffer, start: number, end: number): string {
  if (end - start > LONGEST_KEY) return "";
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i += 1) hash = Math.imul(hash ^ (buffer[i] as number), 0x01000193);
  const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
  const known = slots[slot];
  if (known && buffer.compare(known.bytes, 0, known.bytes.length, start, end) === 0) return known.key;
  const text = buffer.toString("utf8", start, end);
  const key = isRead(text) ? text : "";
  // A slot once taken is kept: the keys that are read come first and often, and what misses is only slower.
  if (!known && count < MOST_KEYS) {
    slots[slot] = { bytes: Buffer.from(buffer.subarray(start, end)), key };
    count += 1;
  }
  return key;
}
