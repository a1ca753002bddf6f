import { existsSync } from "node:fs";
import { missingForKafka } from "../../scripts/kafka-broker.ts";

const CHROMIUMS = [
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

/** The browser for the pages' tests, or undefined. */
export const CHROMIUM = CHROMIUMS.find((path) => existsSync(path));

const KAFKA = missingForKafka();

/** What this machine lacks, and so which suites cannot run on it. */
export const MISSING: readonly { readonly suite: string; readonly why: string }[] = [
  ...(KAFKA === undefined ? [] : [{ suite: "Kafka", why: KAFKA }]),
  ...(CHROMIUM === undefined ? [{ suite: "pages", why: "no Chromium: apt-get install chromium-headless-shell" }] : []),
];
