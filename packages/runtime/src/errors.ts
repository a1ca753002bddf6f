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

export const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));
