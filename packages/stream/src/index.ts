export * from "./cut-records.ts";
export * from "./dead-letter.ts";
export * from "./kafka-settings.ts";
export * from "./stream.ts";
export * from "./topics.ts";
