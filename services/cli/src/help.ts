export const HELP = `inferledger: live inference spend beside amortized training capex

  inferledger start
      What npm start does: everything on embedded parts, in one terminal.

  inferledger demo [--days 60] [--seed 1] [--history-only]
      Sends a repeatable history of five teams and nine models through OTLP into tenant demo, prints its own
      totals beside the api's, then sends live traffic until Ctrl-C.

  inferledger report <yyyy-mm> [--team <team>] [--format table|csv|json]
      A month's statement: opex, own GPUs, idle, capex and total. Amounts of the table are rounded to
      cents once, at the end; CSV and JSON are exact and equal to the api.

  inferledger doctor senders [--days 7] [--format table|json]
      What each service sends, its grade of evidence, the share of calls without usage, and how to mend
      what its sender is known to leave out.

  inferledger config [--format table|json]
      Every setting of every service, its default and what it does.

  inferledger help

Settings (environment):
  INFERLEDGER_URL        where the api answers (http://127.0.0.1:8080)
  INFERLEDGER_OTLP_URL   where the collector takes OTLP/HTTP (http://127.0.0.1:4318)
  INFERLEDGER_TENANT     whose figures (default)
  INFERLEDGER_KEY_FILE   file that holds the key, where one is asked for

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
`;
