import { readFileSync } from "node:fs";

/** The image that docker-compose.yml pins for a service, so that what is tested is what is run. */
export function imageOf(name: string): string {
  const compose = readFileSync(new URL("../../docker-compose.yml", import.meta.url), "utf8");
  const image = new RegExp(`image: (\\S*${name}\\S*)`).exec(compose)?.[1];
  if (image === undefined) throw new Error(`docker-compose.yml names no image of ${name}`);
  return image;
}
