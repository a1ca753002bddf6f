/** A fault that may pass: the same call can succeed later. */
export class RetryableError extends Error {
  override readonly name = "RetryableError";
}

/** A fault that stays: the input or the set-up must change. `mend` says what to do. */
export class PermanentError extends Error {
  override readonly name = "PermanentError";
  readonly mend: string;

  constructor(message: string, mend: string, options?: ErrorOptions) {
    super(message, options);
    this.mend = mend;
  }
}

/** Whatever was thrown, as an error that says something. */
export function asError(thrown: unknown): Error {
  if (!(thrown instanceof Error)) return new Error(String(thrown));
  if (thrown.message !== "") return thrown;
  return new Error(`${thrown.constructor.name} without a message at ${thrown.stack?.split("\n")[1]?.trim() ?? "?"}`, {
    cause: thrown,
  });
}
