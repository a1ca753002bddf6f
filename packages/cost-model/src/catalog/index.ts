import { createPriceBook, type PriceBook } from "../price-book.ts";
import type { PriceEntry } from "../price-entry.ts";
import handChecked from "./hand-checked.json" with { type: "json" };

export const shippedEntries = (): readonly PriceEntry[] => handChecked;

/** The price book that inferledger ships with, made by scripts/build-catalog.ts from pinned public packages. */
export const shippedBook = (): PriceBook => createPriceBook(shippedEntries());
