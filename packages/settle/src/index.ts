export * from "./settle-calls.ts";
export type { Place } from "./units.ts";
