import { defineConfig } from "vitest/config";
import { ClosingLine } from "./scripts/reporter.ts";

export default defineConfig({
  test: {
    include: ["{packages,services,tests}/**/*.test.ts"],
    exclude: ["**/node_modules/**", "tests/faults/**", "tests/containers/**"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ["default", new ClosingLine()],
  },
});
