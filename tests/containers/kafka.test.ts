import { GenericContainer, Wait } from "testcontainers";
import { openKafkaLog } from "@inferledger/stream/adapters/kafka";
import { logContract } from "@inferledger/stream/stream.contract";
import { freePort } from "../support/inferledger.ts";
import { imageOf } from "./images.ts";

logContract("the Kafka image", async () => {
  const port = await freePort();
  const container = await new GenericContainer(imageOf("kafka"))
    .withExposedPorts({ container: 9092, host: port })
    .withEnvironment({
      KAFKA_NODE_ID: "1",
      KAFKA_PROCESS_ROLES: "broker,controller",
      KAFKA_LISTENERS: "PLAINTEXT://:9092,CONTROLLER://:9093",
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
      KAFKA_CONTROLLER_LISTENER_NAMES: "CONTROLLER",
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
      KAFKA_CONTROLLER_QUORUM_VOTERS: "1@localhost:9093",
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: "1",
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: "0",
    })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .start();
  const open = () => openKafkaLog({ brokers: [`127.0.0.1:${port}`], clientId: "contract", partitions: 1 });
  let log = await open();
  return {
    log: () => log,
    async reopen() {
      await log.close();
      log = await open();
    },
    async end() {
      await log.close();
      await container.stop();
    },
  };
});
