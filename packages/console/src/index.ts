/** The console's files: a page without a build step, which the api serves as it is. */
export const CONSOLE_FOLDER = new URL("../web/", import.meta.url);
