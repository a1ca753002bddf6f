export * from "./merge.ts";
export * from "./precedence.ts";
export * from "./settle-calls.ts";
