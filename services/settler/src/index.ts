export * from "./notices.ts";
export * from "./settler.ts";
