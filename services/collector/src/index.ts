export * from "./collector.ts";
export * from "./config.ts";
export * from "./notices.ts";
