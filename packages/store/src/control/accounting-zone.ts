import { settingsSchema } from "@inferledger/events";
import type { ControlStore } from "../store.ts";

/** The zone in which a tenant keeps its books: UTC until it says otherwise. */
export async function accountingZone(control: ControlStore, tenant: string): Promise<string> {
  const [settings] = await control.list("settings", tenant);
  return settings === undefined ? "UTC" : settingsSchema.parse(settings.value).zone;
}
