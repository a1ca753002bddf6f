import { defineConfig } from "vitest/config";
import { ClosingLine } from "./scripts/reporter.ts";

export default defineConfig({
  test: {
    include: ["tests/faults/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 1,
    testTimeout: 1_800_000,
    reporters: ["default", new ClosingLine()],
  },
});
