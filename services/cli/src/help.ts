export const HELP = `inferledger: live inference spend beside amortized training capex

  inferledger report <yyyy-mm> [--team <team>] [--format table|csv|json]
      A month's statement: opex, own GPUs, idle, capex and total. Amounts of the table are rounded to
      cents once, at the end; CSV and JSON are exact and equal to the api.

  inferledger help

Settings (environment):
  INFERLEDGER_URL      where the api answers (http://127.0.0.1:8080)
  INFERLEDGER_TENANT   whose figures (default)

Exit codes: 0 done, 1 failed, 2 wrong usage.
`;
