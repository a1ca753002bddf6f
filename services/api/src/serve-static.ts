import { fileURLToPath } from "node:url";
import { static as serveStatic, type RequestHandler } from "express";

/** Serves a folder's files. */
export const serveFolder = (folder: URL): RequestHandler =>
  serveStatic(fileURLToPath(folder), { index: "index.html", dotfiles: "ignore" });
