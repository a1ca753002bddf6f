export * from "./config.ts";
export * from "./known-book.ts";
export * from "./notices.ts";
export * from "./pricing-worker.ts";
