import type { Span } from "../span.ts";
import { aiSdk } from "./ai-sdk.ts";
import { anthropicSdk } from "./anthropic-sdk.ts";
import type { Dialect } from "./dialect.ts";
import { genai } from "./genai.ts";
import { openlitAnthropic } from "./openlit.ts";

/** Asked in this order: the particular before the general. */
export const DIALECTS: readonly Dialect[] = [anthropicSdk, openlitAnthropic, aiSdk, genai];

export const dialectOf = (span: Span): Dialect | undefined => DIALECTS.find((d) => d.recognises(span));
