/** `npm run kafka`: a real Kafka on 127.0.0.1:19092 (INFERLEDGER_KAFKA_PORT), kept in .kafka/. */
import { missingForKafka, startBroker } from "./kafka-broker.ts";

const missing = missingForKafka();
if (missing !== undefined) {
  process.stderr.write(`inferledger: ${missing}\n`);
  process.exit(1);
}
const port = Number(process.env.INFERLEDGER_KAFKA_PORT ?? 19_092);
process.stdout.write("starting Kafka\n");
try {
  const broker = await startBroker({
    folder: new URL("../.kafka/broker", import.meta.url).pathname,
    port,
    controllerPort: port + 1,
  });
  process.stdout.write(
    `Kafka is ready on ${broker.address}: start the services with INFERLEDGER_KAFKA_BROKERS=${broker.address}. Ctrl-C stops it.\n`,
  );
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void broker.stop().then(() => process.exit(0)));
} catch (error) {
  process.stderr.write(`inferledger: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
