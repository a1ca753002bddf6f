/** Attribute values that are kept; arrays, maps and bytes are not read. */
export type AttributeValue = string | number | bigint | boolean;
export type Attributes = Map<string, AttributeValue>;

/** A span or a log record, as both encodings give it. Ids are lower-case hex, '' when absent; times are whole milliseconds. */
export interface TelemetryRecord {
  signal: "span" | "log";
  /** Of a span its name, of a log record its event's name. */
  name: string;
  /** 1 internal, 2 server, 3 client; 0 for log records. */
  kind: number;
  traceId: string;
  /** Of a log record: the span that it was written under. */
  spanId: string;
  parentId: string;
  /** 0 when absent. Of a log record both are its own time. */
  startMs: number;
  endMs: number;
  isError: boolean;
  attributes: Attributes;
  scope: string;
  resource: Attributes;
}

export const SERVER = 2;

/** Longer values of attribution and names say nothing to anybody and are cut or left out. */
export const LONGEST_VALUE = 1024;
