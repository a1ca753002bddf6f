import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startOfDay } from "@inferledger/cost-model";
import { createAsk } from "./support/ask.ts";
import { getJson, startInferledger, until, type Running } from "./support/inferledger.ts";
import { CHROMIUM } from "./support/machine.ts";
import { chatSpan, traces } from "./support/spans.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const DAY_MS = 86_400_000;

describe.skipIf(CHROMIUM === undefined)("the console in a real browser", () => {
  let running: Running;
  let browser: Browser;
  const { send, post } = createAsk(() => running);
  beforeAll(async () => {
    running = await startInferledger();
    browser = await chromium.launch({ executablePath: CHROMIUM ?? "", args: ["--no-sandbox"] });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await running.remove();
  });

  const faults: string[] = [];
  async function open(path: string, scheme: "light" | "dark" = "light"): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: scheme });
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith("blob:") && new URL(request.url()).host !== new URL(running.api).host)
        faults.push(`asked another host: ${request.url()}`);
    });
    await page.goto(`${running.api}${path}`);
    return page;
  }
  const cell = (page: Page, panel: string, text: string): Promise<void> =>
    page.locator(`#panel-${panel} td`, { hasText: text }).first().waitFor();

  test("says where to send telemetry while there is none, and shows a call's cost when it arrives", async () => {
    const page = await open("/");
    await page.getByText("No events in this range").waitFor();
    await page.getByText(":4318").waitFor();
    const million = { "gen_ai.usage.input_tokens": 1_000_000, "gen_ai.usage.output_tokens": 1_000_000 };
    await send(
      traces([
        chatSpan({ attributes: { team: "<b>search</b>", ...million } }),
        chatSpan({ attributes: { team: "=1+1", "gen_ai.request.model": "no-such-model" } }),
      ]),
      "default",
    );
    await page.locator('[data-panel="opex"]', { hasText: "$0.75" }).waitFor();
    await page.getByText("accepted 2 · priced 1 · unpriced 1").waitFor();
    // A sender's text is text, and a model without a price is never $0.
    await cell(page, "by-team", "<b>search</b>");
    const unknown = page.locator("#panel-by-model tr", { hasText: "no-such-model" });
    expect(await unknown.locator("td").nth(3).textContent()).toBe("unpriced");
  });

  test("shows what the api answers for the same days, for opex and capex alike", async () => {
    await post(
      "/api/v1/capex/assets",
      { id: "a", model: "gpt-4o-mini", cost: "36500.00", in_service: "2026-01-01", life_months: 120 },
      "default",
    );
    const tomorrow = Math.floor(Date.now() / DAY_MS) * DAY_MS + DAY_MS;
    const range = `from=${new Date(tomorrow - 7 * DAY_MS).toISOString()}&to=${new Date(tomorrow).toISOString()}`;
    const answer = await until(
      () => getJson<{ total: Record<string, string> }>(`${running.api}/api/v1/spend?${range}`),
      (a) => a.total.capex_amortized !== "0",
    );
    const page = await open("/?range=7d");
    const figure = page.locator('[data-panel="capex"]');
    await figure.waitFor();
    await until(
      async () => (await figure.getAttribute("title")) ?? "",
      (title) => title === answer.total.capex_amortized,
    );
    expect(await page.locator('[data-panel="opex"]').getAttribute("title")).toBe(answer.total.opex);
  });

  test("has its days in the tenant's accounting zone", async () => {
    const zone = "Pacific/Auckland";
    await post("/api/v1/settings", { id: "accounting", zone }, "kiwi");
    const asked: string[] = [];
    const page = await open("/?tenant=kiwi&range=7d");
    page.on("request", (request) => asked.push(request.url()));
    await page.locator("#days", { hasText: zone }).waitFor();
    await page.getByRole("button", { name: "Refresh" }).click();
    const today = startOfDay(Date.now(), zone);
    const from = await until(
      () => Promise.resolve(asked.map((url) => new URL(url).searchParams.get("from")).find((f) => f !== null)),
      (f) => f !== undefined,
    );
    const sixDaysBefore = Temporal.Instant.fromEpochMilliseconds(today).toZonedDateTimeISO(zone).subtract({ days: 6 });
    expect(Date.parse(from ?? "")).toBe(sixDaysBefore.epochMilliseconds);
  });

  test("keeps what is chosen in the address: keys, Back and reload give the same view", async () => {
    const page = await open("/?range=7d");
    await cell(page, "by-team", "search");
    await page.keyboard.press("t");
    await page.locator("#panel-by-day table").waitFor();
    await page.keyboard.press("[");
    await page.getByText("No events in this range").waitFor();
    expect(new URL(page.url()).search).toBe("?range=7d&back=1&view=tables");
    await page.goBack();
    await page.locator("#panel-by-day table").waitFor();
    await page.reload();
    await page.locator("#panel-by-day table").waitFor();
    expect(await page.locator("#days").textContent()).toContain("UTC");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
  });

  test("tells the exact figures of the day under the pointer, and by the arrow keys", async () => {
    const page = await open("/?range=7d");
    const chart = page.locator("#panel-by-day svg");
    await chart.waitFor();
    await chart.focus();
    await page.keyboard.press("ArrowRight");
    const line = page.locator("#panel-by-day .under-pointer");
    expect(await line.textContent()).toMatch(/^\d{4}-\d\d-\d\d \(last, may be unfinished\): Opex, API \$0\.75 · /);
  });

  test("gives a panel's figures in full as CSV, in which no name is a formula", async () => {
    const page = await open("/?range=7d");
    await cell(page, "by-team", "search");
    await page.locator("#panel-by-team summary").click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.locator("#panel-by-team").getByText("CSV").click(),
    ]);
    const text = readFileSync(await download.path(), "utf8");
    expect(download.suggestedFilename()).toBe("by-team.csv");
    expect(text).toMatch(/^"team","requests","unpriced","opex_api",/);
    expect(text).toMatch(/\r\n"<b>search<\/b>",1,0,0\.75,/);
    expect(text).toContain(`"'=1+1",1,1,0,`);
  });

  test.each(["light", "dark"] as const)("axe finds nothing serious in %s", async (scheme) => {
    const page = await open("/?range=7d", scheme);
    await cell(page, "by-team", "search");
    await page.evaluate(AXE);
    const found = await page.evaluate(async () => {
      const axe = (window as unknown as { axe: { run(): Promise<{ violations: { id: string; impact: string }[] }> } })
        .axe;
      return (await axe.run()).violations.filter((v) => ["serious", "critical"].includes(v.impact)).map((v) => v.id);
    });
    expect(found).toEqual([]);
    if (process.env.INFERLEDGER_SCREENSHOT !== undefined)
      await page.screenshot({ path: `${process.env.INFERLEDGER_SCREENSHOT}-${scheme}.png`, fullPage: true });
  });

  test("fits a phone: nothing but tables is wider than the window", async () => {
    const page = await open("/?range=7d");
    await page.setViewportSize({ width: 390, height: 800 });
    await cell(page, "by-team", "search");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });

  test("raised no fault and asked no other host, in all of this", () => {
    expect(faults).toEqual([]);
  });
});
