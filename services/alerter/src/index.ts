export * from "./alerter.ts";
