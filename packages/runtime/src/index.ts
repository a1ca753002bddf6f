export * from "./config.ts";
export * from "./errors.ts";
export * from "./notices.ts";
export * from "./retry.ts";
export * from "./service.ts";
