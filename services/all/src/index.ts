export * from "./all.ts";
export * from "./config.ts";
