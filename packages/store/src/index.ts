export * from "./allocation-store.ts";
export * from "./client.ts";
export * from "./control/accounting-zone.ts";
export * from "./create-store.ts";
export { eventId } from "./queries/events.ts";
export { periodOf } from "./row-codec.ts";
export * from "./server-settings.ts";
export * from "./store.ts";
