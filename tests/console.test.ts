import { chromium, type Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { getJson, startInferledger, until, type Running } from "./support/inferledger.ts";
import { CHROMIUM } from "./support/machine.ts";
import { chatSpan, traces } from "./support/spans.ts";

describe.skipIf(CHROMIUM === undefined)("the console in a real browser", () => {
  let running: Running;
  let browser: Browser;
  beforeAll(async () => {
    running = await startInferledger();
    browser = await chromium.launch({ executablePath: CHROMIUM ?? "", args: ["--no-sandbox"] });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await running.remove();
  });

  test("says where to send telemetry while there is none, and shows a call's cost when it arrives", async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("request", (request) => {
      if (new URL(request.url()).host !== new URL(running.api).host)
        faults.push(`asked another host: ${request.url()}`);
    });
    await page.goto(running.api);
    await page.getByText("No events yet").waitFor();
    const body = traces([
      chatSpan({
        attributes: {
          team: "<b>search</b>",
          "gen_ai.usage.input_tokens": 1_000_000,
          "gen_ai.usage.output_tokens": 1_000_000,
        },
      }),
    ]);
    await fetch(`${running.otlp}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    await until(
      () => getJson<{ accepted: number }>(`${running.api}/api/v1/balance?from=2026-01-01&to=2100-01-01`),
      (b) => b.accepted === 1,
    );
    await page.getByRole("button", { name: "Refresh" }).click();
    await page.locator('[data-panel="opex"]', { hasText: "$0.75" }).waitFor();
    await page.getByText("accepted 1 · priced 1 · unpriced 0").waitFor();
    expect(await page.locator("#panel-by-team td").first().textContent()).toBe("<b>search</b>");
    await page.keyboard.press("t");
    await page.locator("#panel-by-day table").waitFor();
    expect(page.url()).toContain("view=table");
    if (process.env.INFERLEDGER_SCREENSHOT !== undefined)
      await page.screenshot({ path: process.env.INFERLEDGER_SCREENSHOT, fullPage: true });
    expect(faults).toEqual([]);
  });
});
