// A program as a user writes it: OpenTelemetry's SDK, its published OpenAI instrumentation, one chat call.
const { NodeSDK } = require("@opentelemetry/sdk-node");
const { OpenAIInstrumentation } = require("@opentelemetry/instrumentation-openai");

const sdk = new NodeSDK({ instrumentations: [new OpenAIInstrumentation()] });
sdk.start();
const { OpenAI } = require("openai");
const client = new OpenAI({ apiKey: "none", baseURL: process.env.OPENAI_BASE_URL });
client.chat.completions
  .create({ model: "gpt-4o-mini", messages: [{ role: "user", content: "SECRET-PROMPT-TEXT" }] })
  .then(() => sdk.shutdown());
