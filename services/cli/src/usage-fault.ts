/** The words of a command are wrong: exit code 2. */
export class UsageFault extends Error {
  override readonly name = "UsageFault";
}
