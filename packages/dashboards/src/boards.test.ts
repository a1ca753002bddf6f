import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { BOARDS, escapeLiteral, grafanaJson, panelSql } from "./index.ts";

test.each(BOARDS.map((b) => [b.id, b] as const))(
  "dashboards/%s.json is what the definition builds: npm run dashboards",
  (id, board) => {
    expect(readFileSync(new URL(`../../../dashboards/${id}.json`, import.meta.url), "utf8")).toBe(grafanaJson(board));
  },
);

test("every panel reads the view, filters by tenant and range, and leaves no macro unexpanded", () => {
  for (const panel of BOARDS.flatMap((b) => b.panels)) {
    const sql = panelSql(panel, { tenant: "acme", zone: "UTC", from: 1000, to: 2000 });
    expect(sql).not.toMatch(/\$/);
    expect(sql).toContain("FROM inferledger.spend");
    expect(sql).toContain(
      "tenant = 'acme' AND time >= fromUnixTimestamp64Milli(1000) AND time < fromUnixTimestamp64Milli(2000)",
    );
  }
});

test("a tenant's name can never leave its literal", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("'", "\\", "a", "$", "&", "`") }), (name) => {
      expect(escapeLiteral(name).replace(/\\[\\']/g, "")).not.toMatch(/['\\]/);
      const [panel] = BOARDS[0]?.panels ?? [];
      if (panel)
        expect(panelSql(panel, { tenant: name, zone: "UTC", from: 1, to: 2 })).toContain(
          `tenant = '${escapeLiteral(name)}' AND`,
        );
    }),
  );
});
