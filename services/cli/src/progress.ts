/** Where a long command says how far it is: a bar on a terminal, nothing in a pipe. */
export interface Progress {
  at(done: number, of: number, what: string): void;
  end(): void;
}

const WIDTH = 30;

export function createProgress(out: { readonly isTTY?: boolean; write(text: string): unknown }): Progress {
  if (out.isTTY !== true) return { at: () => undefined, end: () => undefined };
  return {
    at(done, of, what) {
      const full = Math.round((WIDTH * done) / of);
      const bar = `${"#".repeat(full)}${".".repeat(WIDTH - full)}`;
      out.write(`\r\u001b[K[${bar}] ${Math.floor((100 * done) / of)} %  ${what}`);
    },
    end: () => void out.write("\r\u001b[K"),
  };
}
