export * from "./alerter.ts";
export * from "./config.ts";
