/** A whole request that is answered with an error. `reason` is a bounded label, the message says how to mend it. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: 400 | 401 | 404 | 405 | 413 | 415 | 503;
  readonly reason: string;

  constructor(status: Refusal["status"], reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}
