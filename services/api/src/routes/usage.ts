import { text as textBody, type Router } from "express";
import { fromUsageJson } from "@inferledger/otel";
import { TENANT_HEADER, toRecords, USAGE_TOPIC } from "@inferledger/stream";
import type { Sighting } from "@inferledger/events";
import { eventId } from "@inferledger/store";
import type { ApiDeps } from "../api.ts";
import { Problem } from "../problem.ts";
import { tenantOf } from "./parameters.ts";

const MOST_ITEMS = 10_000;

interface Rejected {
  readonly index: number;
  readonly field: string;
  readonly error: string;
}

/** POST /usage: a JSON array, or NDJSON. 200 = durable. Bad items are answered by index and lose nothing else. */
export function addUsage(router: Router, deps: ApiDeps): void {
  router.post(
    "/usage",
    textBody({ type: ["application/x-ndjson", "application/ndjson"], limit: "5mb" }),
    async (request, response) => {
      const tenant = tenantOf(request);
      const items = readItems(request.body);
      const good: Sighting[] = [];
      const rejected: Rejected[] = [];
      items.forEach((item, index) => {
        const read = fromUsageJson(item, { tenant, signal: "rest" });
        if ("ok" in read) good.push(read.ok);
        else rejected.push({ index, field: read.error.field, error: read.error.message });
      });
      const duplicate = await countKnown(good, tenant, deps);
      const receipt = {
        tenant,
        accepted: items.length,
        rejected: rejected.length > 0 ? { bad_item: rejected.length } : {},
        ignored: 0,
      };
      await deps.log.publish(
        USAGE_TOPIC,
        toRecords(
          good.map((s) => JSON.stringify(s)),
          { headers: { [TENANT_HEADER]: tenant }, receipt },
        ),
      );
      response.json({ accepted: good.length - duplicate, duplicate, rejected });
    },
  );
}

function readItems(body: unknown): unknown[] {
  const items =
    typeof body === "string"
      ? body
          .split("\n")
          .filter((l) => l.trim() !== "")
          .map(readLine)
      : body;
  if (!Array.isArray(items))
    throw new Problem(415, "send a JSON array (application/json) or one JSON object per line (application/x-ndjson)");
  if (items.length > MOST_ITEMS) throw new Problem(413, `at most ${MOST_ITEMS} items a request: send several`);
  return items;
}

function readLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Repeats within the request and of what the ledger shows at this moment. */
async function countKnown(good: readonly Sighting[], tenant: string, { store }: ApiDeps): Promise<number> {
  const first = new Map(good.map((sighting) => [eventId({ sighting }), sighting]));
  const known = await store.knownEvents(tenant, [...first.values()]);
  return good.length - first.size + known;
}
