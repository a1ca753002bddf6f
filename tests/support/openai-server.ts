import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A local server that answers chat completions as the OpenAI API does, with known usage. */
export async function startOpenAi(usage: {
  readonly prompt: number;
  readonly completion: number;
}): Promise<{ url: string; close(): void }> {
  let calls = 0;
  const server = createServer((request, response) => {
    request.resume();
    calls += 1;
    response.setHeader("content-type", "application/json");
    response.end(
      JSON.stringify({
        id: `chatcmpl-local-${process.pid}-${String(calls).padStart(12, "0")}`,
        object: "chat.completion",
        created: 1_790_000_000,
        model: "gpt-4o-mini-2024-07-18",
        choices: [
          { index: 0, finish_reason: "stop", message: { role: "assistant", content: "SECRET-COMPLETION-TEXT" } },
        ],
        usage: {
          prompt_tokens: usage.prompt,
          completion_tokens: usage.completion,
          total_tokens: usage.prompt + usage.completion,
        },
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, close: () => void server.close() };
}
