import { now, readConfig, runUntilSignal } from "@inferledger/runtime";
import { createAll } from "./all.ts";
import { allSettings } from "./config.ts";

await runUntilSignal(() => createAll(readConfig(allSettings, process.env), now));
