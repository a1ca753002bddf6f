import { GenericContainer, Wait } from "testcontainers";
import { createStore, createStoreClient } from "@inferledger/store";
import { storeContract } from "@inferledger/store/store.contract";
import { imageOf } from "./images.ts";

storeContract("the ClickHouse image", async () => {
  const container = await new GenericContainer(imageOf("clickhouse-server"))
    .withExposedPorts(8123)
    .withEnvironment({ CLICKHOUSE_USER: "inferledger", CLICKHOUSE_PASSWORD: "contract" })
    .withWaitStrategy(Wait.forHttp("/ping", 8123))
    .start();
  const url = `http://${container.getHost()}:${container.getMappedPort(8123)}`;
  const client = createStoreClient({ url, username: "inferledger", password: "contract" });
  const store = createStore({ client, now: Date.now });
  await store.migrate();
  return {
    store,
    async end() {
      await store.close();
      await container.stop();
    },
  };
});
