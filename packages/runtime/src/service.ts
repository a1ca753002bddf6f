/** What a process runs. `start` resolves when it serves; `stop` drains what it holds and then resolves. */
export interface Service {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}
