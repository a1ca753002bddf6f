// Made by scripts/build-catalog.ts.
import type { CatalogProvider } from "../price-book.ts";
import p0 from "./openai.json" with { type: "json" };
import p1 from "./anthropic.json" with { type: "json" };
import p2 from "./google.json" with { type: "json" };
import p3 from "./mistral.json" with { type: "json" };
import p4 from "./deepseek.json" with { type: "json" };
import p5 from "./x-ai.json" with { type: "json" };
import p6 from "./aws.json" with { type: "json" };
import p7 from "./azure.json" with { type: "json" };
import p8 from "./cohere.json" with { type: "json" };
import p9 from "./groq.json" with { type: "json" };
import p10 from "./together.json" with { type: "json" };
import p11 from "./fireworks.json" with { type: "json" };
import p12 from "./perplexity.json" with { type: "json" };
import p13 from "./cerebras.json" with { type: "json" };
import p14 from "./moonshotai.json" with { type: "json" };
import p15 from "./openrouter.json" with { type: "json" };

export const CATALOG = [p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15] as unknown as readonly CatalogProvider[];
