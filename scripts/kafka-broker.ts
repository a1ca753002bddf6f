/** A real single-node Kafka (KRaft) from Maven Central, for a machine with Java 17 and Maven and no Docker. */
import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const ROOT = new URL("../", import.meta.url).pathname;
const LIB = join(ROOT, ".kafka/lib");
const READY_WITHIN_MS = 90_000;

export interface Broker {
  readonly address: string;
  /** SIGKILL. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** What the machine lacks for Kafka, or undefined. */
export function missingForKafka(): string | undefined {
  const java = spawnSync("java", ["-version"], { encoding: "utf8" });
  const version = Number(/version "(\d+)/.exec(`${java.stderr}${java.stdout}`)?.[1] ?? 0);
  if (version < 17) return "no Java 17: apt-get install openjdk-17-jre-headless";
  if (!hasLibrary() && spawnSync("mvn", ["--version"]).status !== 0) return "no Maven: apt-get install maven";
  return undefined;
}

const hasLibrary = (): boolean => existsSync(LIB) && readdirSync(LIB).some((n) => n.startsWith("kafka_2.13"));

/** Fetches Kafka once, formats the folder when it is new, and resolves when the broker answers. */
export async function startBroker(options: {
  readonly folder: string;
  readonly port: number;
  readonly controllerPort: number;
}): Promise<Broker> {
  if (!hasLibrary())
    execFileSync(
      "mvn",
      [
        "-q",
        "-B",
        "-f",
        join(ROOT, "deploy/kafka/pom.xml"),
        "dependency:copy-dependencies",
        "-DincludeScope=runtime",
        `-DoutputDirectory=${LIB}`,
      ],
      { stdio: "inherit" },
    );
  mkdirSync(options.folder, { recursive: true });
  const properties = join(options.folder, "server.properties");
  const data = join(options.folder, "data");
  writeFileSync(properties, settings({ ...options, data }));
  if (!existsSync(join(data, "meta.properties"))) {
    const id = java(["kafka.tools.StorageTool", "random-uuid"]).trim().split("\n").at(-1) ?? "";
    java(["kafka.tools.StorageTool", "format", "--standalone", "-t", id, "-c", properties]);
  }
  const child = spawn(
    "java",
    ["-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-cp", `${LIB}/*`, "kafka.Kafka", properties],
    { stdio: "ignore" },
  );
  await untilListening(child, options.port);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await exited;
  };
  return { address: `127.0.0.1:${options.port}`, kill: () => end("SIGKILL"), stop: () => end("SIGTERM") };
}

const java = (args: readonly string[]): string =>
  execFileSync("java", ["-cp", `${LIB}/*`, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

async function untilListening(child: ChildProcess, port: number): Promise<void> {
  const end = Date.now() + READY_WITHIN_MS;
  while (Date.now() < end) {
    if (child.exitCode !== null) throw new Error(`Kafka ended with code ${child.exitCode}: is port ${port} in use?`);
    if (await answers(port)) return;
    await sleep(200);
  }
  child.kill("SIGKILL");
  throw new Error(`Kafka did not listen on port ${port} within ${READY_WITHIN_MS / 1000} s`);
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });

const settings = (o: {
  readonly port: number;
  readonly controllerPort: number;
  readonly data: string;
}): string => `process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:${o.port},CONTROLLER://127.0.0.1:${o.controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${o.port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.quorum.bootstrap.servers=127.0.0.1:${o.controllerPort}
log.dirs=${o.data}
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
offsets.topic.num.partitions=4
transaction.state.log.num.partitions=4
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
`;
