import { lookup } from "node:dns/promises";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { BlockList, isIP } from "node:net";
import { PermanentError, RetryableError } from "@inferledger/runtime";

const PRIVATE = new BlockList();
for (const [net, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const)
  PRIVATE.addSubnet(net, bits, "ipv4");
for (const [net, bits] of [
  ["::", 128],
  ["::1", 128],
  ["::ffff:0:0", 96],
  ["64:ff9b::", 96],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
] as const)
  PRIVATE.addSubnet(net, bits, "ipv6");

const TIMEOUT_MS = 10_000;

/**
 * Posts JSON to a webhook: https to public addresses only, unless the host is listed. The address that was
 * checked is the one connected to; redirects are not followed; the answer's body is not read.
 */
export async function postWebhook(url: URL, body: object, allowed: readonly string[]): Promise<void> {
  const listed = allowed.includes(url.hostname) || allowed.includes(url.host);
  if (!listed && url.protocol !== "https:")
    throw new PermanentError(
      `webhook ${url.origin} is not https`,
      "use https, or list its host in INFERLEDGER_WEBHOOK_ALLOW",
    );
  const name = url.hostname.replace(/^\[|\]$/g, "");
  const { address, family } = await lookup(name);
  if (!listed && PRIVATE.check(address, family === 6 ? "ipv6" : "ipv4"))
    throw new PermanentError(
      `webhook ${url.origin} is a private address`,
      "list its host in INFERLEDGER_WEBHOOK_ALLOW if that is meant",
    );
  await send(url, { address, name, text: JSON.stringify(body) });
}

function send(
  url: URL,
  { address, name, text }: { readonly address: string; readonly name: string; readonly text: string },
): Promise<void> {
  const request = url.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: address,
        port: url.port || (url.protocol === "https:" ? 443 : 80),
        path: url.pathname + url.search,
        method: "POST",
        timeout: TIMEOUT_MS,
        servername: isIP(name) ? "" : name,
        headers: {
          host: url.host,
          "content-type": "application/json",
          "content-length": Buffer.byteLength(text),
          "user-agent": "inferledger",
        },
      },
      (response) => {
        response.destroy();
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) resolve();
        else reject(new RetryableError(`the webhook answered ${status}`));
      },
    );
    call.on("timeout", () => call.destroy(new RetryableError("the webhook did not answer in time")));
    call.on("error", reject);
    call.end(text);
  });
}
