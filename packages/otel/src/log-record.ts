import { readText } from "./read-value.ts";
import type { Attributes, TelemetryRecord } from "./record.ts";

/**
 * A log record's name and time: the attributes `event.name` and `event.timestamp` before the record's own fields, as
 * one sender puts a line of its source into the name and 0 into the time.
 */
export function placeInTime(
  record: {
    readonly attributes: Attributes;
    readonly resource: Attributes;
    readonly traceId: string;
    readonly spanId: string;
  },
  own: { readonly timeMs: number; readonly observedMs: number; readonly eventName: string },
): TelemetryRecord {
  const said = Date.parse(readText(record.attributes, ["event.timestamp"]));
  const at = said > 0 ? said : own.timeMs || own.observedMs;
  const name = readText(record.attributes, ["event.name", "event_name"]);
  return {
    ...record,
    signal: "log",
    name: name === "" ? own.eventName : name,
    kind: 0,
    parentId: "",
    startMs: at,
    endMs: at,
    isError: false,
    scope: "",
  };
}
