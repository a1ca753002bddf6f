import { CATALOG } from "./catalog/index.ts";
import { createPriceBook, type PriceBook } from "./price-book.ts";

/** The price book that ships with the release: prices as data, each with its source. */
export const shippedBook = (): PriceBook => createPriceBook(CATALOG);
export { CATALOG };
