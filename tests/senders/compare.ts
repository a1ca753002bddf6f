import { inputTokens, outputTokens, type Tokens } from "@inferledger/events";
import { countOf, truthOf, type Truth } from "./corpus.ts";
import { BEYOND, INVISIBLE } from "./invisible.ts";

/** What bills, from the pure functions or from the ledger. */
export interface Billed {
  readonly tokens: Tokens;
  readonly evidence: string;
  readonly responseId?: string | undefined;
}

export interface Comparison {
  readonly calls: number;
  /** Found exactly once with the provider's numbers. */
  readonly equal: number;
  /** Not told by the sender: how many by the gap's id. */
  readonly gaps: Readonly<Record<string, number>>;
  /** Must be empty. */
  readonly faults: readonly string[];
}

/** Every billable call of the truth against what bills, each at most once. */
export function compare(sender: string, billed: readonly Billed[]): Comparison {
  const left = [...billed];
  const [faults, gaps]: [string[], Record<string, number>] = [[], {}];
  const truth = truthOf(sender).filter((t) => t.billable && t.usage);
  const unseen: Truth[] = [];
  let equal = 0;
  for (const call of truth) {
    const at = left.findIndex((b) => hasFigures(b, call));
    if (at < 0) {
      unseen.push(call);
      continue;
    }
    const [found] = left.splice(at, 1) as [Billed];
    equal += 1;
    const wrong = wrongParts(found, call);
    if (wrong !== "" && found.evidence === "exact") faults.push(`${nameOf(call)}: graded exact, but ${wrong}`);
  }
  for (const call of unseen) {
    const gap = INVISIBLE.find((i) => i.sender === sender && matches(i, call))?.gap;
    if (gap === undefined) faults.push(`${nameOf(call)}: not billed`);
    else gaps[gap] = (gaps[gap] ?? 0) + 1;
  }
  // What is left must be a call whose figures its sender hides, or say that it has none.
  const hidden = unseen.length;
  const others = left.filter((b) => BEYOND[`${sender} ${figures(b)}`] === undefined);
  if (others.some((b) => b.evidence === "exact"))
    faults.push(`billed beyond the truth: ${others.map(figures).join(", ")}`);
  if (others.length > hidden + embeddingsWithoutUsage(sender))
    faults.push(`${others.length} rows bill for ${hidden} calls that are not told`);
  return { calls: truth.length, equal, gaps, faults };
}

/** Calls that succeeded but whose provider itself counts nothing: they bill as unpriced. */
const embeddingsWithoutUsage = (sender: string): number => truthOf(sender).filter((t) => t.billable && !t.usage).length;

const figures = ({ tokens }: Billed): string => `${inputTokens(tokens)}/${outputTokens(tokens)}`;

function hasFigures(billed: Billed, call: Truth): boolean {
  const counted = countOf(call);
  return (
    counted !== undefined &&
    inputTokens(billed.tokens) === counted.input &&
    outputTokens(billed.tokens) === counted.output
  );
}

function wrongParts({ tokens }: Billed, call: Truth): string {
  const counted = countOf(call);
  if (!counted) return "";
  const read = tokens.input_cache_read ?? 0;
  const written = inputTokens(tokens) - read - (tokens.input_uncached ?? 0) - (tokens.input_audio ?? 0);
  return [
    read === counted.read ? "" : `cache read ${read} for ${counted.read}`,
    written === counted.written ? "" : `cache write ${written} for ${counted.written}`,
  ]
    .filter((text) => text !== "")
    .join(", ");
}

const matches = (i: (typeof INVISIBLE)[number], call: Truth): boolean =>
  (i.api === "*" || i.api === call.api) &&
  (i.scenario === "*" || i.scenario === call.scenario) &&
  (i.stream === "*" || i.stream === Boolean(call.stream));

const nameOf = (call: Truth): string =>
  `${call.provider} ${call.api} ${call.scenario}${call.stream ? " stream" : ""} (${call.response_id ?? ""})`;
