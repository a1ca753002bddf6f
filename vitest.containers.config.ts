import { defineConfig } from "vitest/config";
import { ClosingLine } from "./scripts/reporter.ts";

export default defineConfig({
  test: {
    include: ["tests/containers/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 300_000,
    reporters: ["default", new ClosingLine()],
  },
});
