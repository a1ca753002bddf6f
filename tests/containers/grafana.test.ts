import { readFileSync } from "node:fs";
import { GenericContainer, Network, Wait, type StartedNetwork, type StartedTestContainer } from "testcontainers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createStore, createStoreClient, type Store } from "@inferledger/store";
import { imageOf } from "./images.ts";

const file = (path: string): string => new URL(`../../${path}`, import.meta.url).pathname;

describe("the Grafana image, provisioned as docker compose does", () => {
  let network: StartedNetwork;
  let clickhouse: StartedTestContainer;
  let grafana: StartedTestContainer;
  let store: Store;

  beforeAll(async () => {
    network = await new Network().start();
    clickhouse = await new GenericContainer(imageOf("clickhouse-server"))
      .withNetwork(network)
      .withNetworkAliases("clickhouse")
      .withExposedPorts(8123)
      .withEnvironment({
        CLICKHOUSE_USER: "inferledger",
        CLICKHOUSE_PASSWORD: "contract",
        GRAFANA_CLICKHOUSE_PASSWORD: "reader",
      })
      .withCopyFilesToContainer([
        { source: file("deploy/clickhouse/users.xml"), target: "/etc/clickhouse-server/users.d/grafana.xml" },
      ])
      .withWaitStrategy(Wait.forHttp("/ping", 8123))
      .start();
    const url = `http://${clickhouse.getHost()}:${clickhouse.getMappedPort(8123)}`;
    const client = createStoreClient({ url, username: "inferledger", password: "contract" });
    store = createStore({ client, now: Date.now });
    await store.migrate();
    grafana = await new GenericContainer(imageOf("grafana"))
      .withNetwork(network)
      .withExposedPorts(3000)
      .withEnvironment({
        GF_PLUGINS_PREINSTALL: "grafana-clickhouse-datasource",
        GF_SECURITY_ADMIN_PASSWORD: "admin",
        CLICKHOUSE_HOST: "clickhouse",
        CLICKHOUSE_USER: "grafana",
        CLICKHOUSE_PASSWORD: "reader",
      })
      .withCopyDirectoriesToContainer([
        { source: file("deploy/grafana/provisioning"), target: "/etc/grafana/provisioning" },
        { source: file("dashboards"), target: "/var/lib/grafana/dashboards" },
      ])
      .withWaitStrategy(Wait.forHttp("/api/health", 3000))
      .start();
  }, 300_000);
  afterAll(async () => {
    await grafana?.stop();
    await store?.close();
    await clickhouse?.stop();
    await network?.stop();
  });

  const ask = async (path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`http://${grafana.getHost()}:${grafana.getMappedPort(3000)}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Basic ${btoa("admin:admin")}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect(response.status).toBe(200);
    return response.json();
  };

  test("shows the board, and every panel's query runs", async () => {
    const { dashboard } = (await ask("/api/dashboards/uid/inferledger-opex-vs-capex")) as {
      dashboard: { title: string; panels: { targets: { rawSql: string }[] }[] };
    };
    expect(dashboard.title).toBe(
      (JSON.parse(readFileSync(file("dashboards/opex-vs-capex.json"), "utf8")) as { title: string }).title,
    );
    const queries = dashboard.panels
      .flatMap((p) => p.targets)
      .map((target, i) => ({
        ...target,
        rawSql: target.rawSql.replaceAll("${tenant}", "default").replaceAll("${zone}", "UTC"),
        refId: `Q${i}`,
        datasource: { uid: "clickhouse", type: "grafana-clickhouse-datasource" },
      }));
    const { results } = (await ask("/api/ds/query", { from: "now-30d", to: "now", queries })) as {
      results: Record<string, { error?: string }>;
    };
    expect(Object.values(results).map((r) => r.error)).toEqual(queries.map(() => undefined));
  });
});
