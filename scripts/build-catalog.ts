/**
 * Makes packages/cost-model/src/catalog from two pinned public price packages: genai-prices (npm, a
 * devDependency) and LiteLLM's map (PyPI). genai-prices goes first, because it keeps tiers and dates with
 * references; models that only LiteLLM knows are added from it; where both list a price and it differs, both
 * figures are in disagreements.json. Run: npm run catalog (needs pip for LiteLLM's wheel).
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import type { CatalogProvider } from "@inferledger/cost-model/price-book";
import { fromGenai, readGenai } from "./catalog/from-genai-prices.ts";
import { readLitellm } from "./catalog/from-litellm.ts";
import type { Findings } from "./catalog/findings.ts";
import { addLitellm, joinDated } from "./catalog/join-sources.ts";

const OUT = new URL("../packages/cost-model/src/catalog/", import.meta.url);
const PROVIDERS = [
  "openai",
  "anthropic",
  "google",
  "mistral",
  "deepseek",
  "x-ai",
  "aws",
  "azure",
  "cohere",
  "groq",
  "together",
  "fireworks",
  "perplexity",
  "cerebras",
  "moonshotai",
  "openrouter",
];

const found: Findings = { disagreements: [], notUnderstood: [] };
const data = await readGenai();
const catalog = new Map(
  PROVIDERS.map((id) => [
    id,
    (data.find((p) => p.id === id)?.models ?? []).flatMap((m) => fromGenai(id, m, found.notUnderstood)),
  ]),
);
addLitellm(catalog, readLitellm(), found);
for (const [provider, models] of catalog) catalog.set(provider, joinDated(models));
rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
const write = (name: string, value: object): void =>
  writeFileSync(new URL(name, OUT), `${JSON.stringify(value, undefined, 1)}\n`);
for (const [provider, models] of catalog) write(`${provider}.json`, { provider, models } satisfies CatalogProvider);
write("disagreements.json", {
  note: "genai-prices and LiteLLM list different prices. genai-prices is used, unless LiteLLM lists the very name and genai-prices only a rule that takes it, or `why` says otherwise",
  disagreements: found.disagreements,
  not_understood: found.notUnderstood.sort(),
});
const imports = PROVIDERS.map((p, i) => `import p${i} from "./${p}.json" with { type: "json" };`).join("\n");
writeFileSync(
  new URL("index.ts", OUT),
  `// Made by scripts/build-catalog.ts.\nimport type { CatalogProvider } from "../price-book.ts";\n${imports}\n\nexport const CATALOG = [${PROVIDERS.map((_, i) => `p${i}`).join(", ")}] as unknown as readonly CatalogProvider[];\n`,
);
process.stdout.write(
  `${[...catalog.values()].reduce((n, m) => n + m.length, 0)} models, ${found.disagreements.length} disagreements, ${found.notUnderstood.length} not understood\n`,
);
