import type { Dialect } from "./dialect.ts";
import { genai } from "./genai.ts";

/** OpenLIT for Anthropic, Python 1.45.0 and JavaScript 1.15.0: current names, but input without the cached tokens. Measured. */
export const openlitAnthropic: Dialect = {
  ...genai,
  name: "openlit",
  recognises: (span) => /^@?openlit[./]instrumentation[.-]anthropic$/.test(span.scope),
  inputIncludesCache: false,
};
