export * from "./settle-calls.ts";
export * from "./taken.ts";
export type { Place } from "./units.ts";
