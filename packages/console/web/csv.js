/** A panel's figures in full, as RFC 4180. Names come from senders: what a spreadsheet reads as a formula gets a quote. */
export const toCsv = ({ columns, rows }) =>
  [columns, ...rows].map((row) => row.map((value) => quote(value)).join(",")).join("\r\n") + "\r\n";

function quote(value) {
  const text = String(value ?? "");
  if (/^-?[\d.]+$/.test(text)) return text;
  return `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}
