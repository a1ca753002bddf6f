/** What the person who typed `npm start` sees: one line for each thing that is being done. */
export const say = (line: string): void => void process.stdout.write(`${line}\n`);

export interface Addresses {
  readonly otlp: string;
  readonly console: string;
  readonly door: string;
  readonly data: string;
}

export function sayWhereToGo(addresses: Addresses): void {
  say("");
  say("inferledger is ready.");
  say(`  send telemetry to   ${addresses.otlp}     (OTLP/HTTP: OTEL_EXPORTER_OTLP_ENDPOINT=${addresses.otlp})`);
  say(`  look at             ${addresses.console}     (console, and the api under /api/v1)`);
  say(`  query with SQL at   ${addresses.door}     (ClickHouse HTTP, read-only, database inferledger)`);
  say(`  data is kept in     ${addresses.data}`);
  say("  no traffic yet? run `npm run demo` in a second terminal. Ctrl-C drains and stops.");
}
