/** No api where it was looked for. */
export class ApiAway extends Error {
  override readonly name = "ApiAway";
}

export interface Client {
  /** The body of a GET. @throws ApiAway, or Error with the api's own words */
  get(path: string): Promise<string>;
}

export function createClient(url: string, headers: Readonly<Record<string, string>>): Client {
  return {
    async get(path) {
      let response: Response;
      try {
        response = await fetch(new URL(path, url), { headers });
      } catch (cause) {
        throw new ApiAway(`no inferledger api at ${url}: start one with npm start, or set INFERLEDGER_URL`, { cause });
      }
      const text = await response.text();
      if (!response.ok) throw new Error(detailOf(text) ?? `the api answered ${response.status}`);
      return text;
    },
  };
}

function detailOf(text: string): string | undefined {
  try {
    const problem = JSON.parse(text) as { detail?: unknown };
    return typeof problem.detail === "string" ? problem.detail : undefined;
  } catch {
    return undefined;
  }
}
