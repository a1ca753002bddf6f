import { USAGE_TOPIC } from "../topics.ts";
import { openLocalLog } from "./local-log.ts";

/** A process that publishes one record after the other and tells its parent of each that was acknowledged, until it is killed. */
const log = await openLocalLog({ folder: process.argv[2] ?? "", now: Date.now });
for (let n = 0; ; n += 1) {
  await log.publish(USAGE_TOPIC, [{ headers: {}, value: Buffer.from(String(n)) }]);
  process.send?.(n);
}
