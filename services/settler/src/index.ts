export * from "./config.ts";
export * from "./notices.ts";
export * from "./sequence.ts";
export * from "./settler.ts";
