import { ClickHouseLogLevel, createClient, type ClickHouseClient } from "@clickhouse/client";

export interface ClickHouseAddress {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/** The one place where a ClickHouse client is made: an engine of ours and a real server differ by URL alone. */
export const createStoreClient = ({ url, username, password }: ClickHouseAddress): ClickHouseClient =>
  createClient({
    url,
    username,
    password,
    request_timeout: 120_000,
    log: { level: ClickHouseLogLevel.OFF },
    max_open_connections: 8,
    keep_alive: { enabled: true, idle_socket_ttl: 2500 },
    clickhouse_settings: {
      output_format_json_quote_decimals: 1,
      output_format_json_quote_64bit_integers: 1,
      wait_end_of_query: 1,
    },
  });
