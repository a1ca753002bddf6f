// A program as a user writes it: OpenTelemetry's SDK, its published OpenAI instrumentation, one chat call.
import { NodeSDK } from "@opentelemetry/sdk-node";
import { OpenAIInstrumentation } from "@opentelemetry/instrumentation-openai";

const sdk = new NodeSDK({ instrumentations: [new OpenAIInstrumentation()] });
sdk.start();
const { default: OpenAI } = await import("openai");
const client = new OpenAI({ apiKey: "none", baseURL: process.env.OPENAI_BASE_URL });
await client.chat.completions.create({ model: "gpt-4o-mini", messages: [{ role: "user", content: "SECRET-PROMPT-TEXT" }] });
await sdk.shutdown();
