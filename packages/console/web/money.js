/** Decimal text in, text out: no figure on the page goes through a float. */

/** `$1,234.56`; below a cent four significant digits: `$0.0004123`. */
export function money(text) {
  const negative = text.startsWith("-");
  const [whole, fraction = ""] = (negative ? text.slice(1) : text).split(".");
  const sign = negative ? "-" : "";
  if (/^0*$/.test(whole) && /^00/.test(fraction) && /[1-9]/.test(fraction)) {
    const zeros = /^0*/.exec(fraction)[0].length;
    const rounded = (BigInt(fraction.slice(0, zeros + 5).padEnd(zeros + 5, "0")) + 5n) / 10n;
    return `${sign}$0.${rounded
      .toString()
      .padStart(zeros + 4, "0")
      .replace(/0+$/, "")}`;
  }
  const cents = BigInt(whole) * 100n + (BigInt(fraction.padEnd(3, "0").slice(0, 3)) + 5n) / 10n;
  const digits = cents.toString().padStart(3, "0");
  return `${sign}$${digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",")}.${digits.slice(-2)}`;
}

export const count = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, ",");
