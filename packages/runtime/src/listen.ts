import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { PermanentError } from "./errors.ts";

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  /** The variable that chooses the port, named when it is taken. */
  readonly variable: string;
}

export interface Listener {
  readonly port: number;
  /** Stops accepting, lets the requests in hand finish, then closes. */
  close(): Promise<void>;
}

/** @throws PermanentError naming the port and the variable when it cannot be listened on */
export async function listen(handler: RequestListener, address: ListenAddress): Promise<Listener> {
  const server = createServer({ requestTimeout: 120_000, headersTimeout: 20_000, maxHeaderSize: 16_384 }, handler);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(portFault(error, address)));
    server.listen(address.port, address.host, resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => closeServer(server) };
}

function portFault(error: NodeJS.ErrnoException, { host, port, variable }: ListenAddress): Error {
  if (error.code === "EADDRINUSE") {
    return new PermanentError(
      `port ${port} on ${host} is in use`,
      `stop what listens there, or set ${variable} to another port`,
    );
  }
  if (error.code === "EACCES" || error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND") {
    return new PermanentError(
      `cannot listen on ${host}:${port} (${error.code})`,
      `set INFERLEDGER_HOST and ${variable} to an address of this machine`,
    );
  }
  return error;
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const patience = setTimeout(() => server.closeAllConnections(), 5000);
  await closed;
  clearTimeout(patience);
}

export const isLoopback = (host: string): boolean => host === "localhost" || host === "::1" || host.startsWith("127.");
