/** 0.0734 → "7 %", with a space that does not break; what is there but small is "<1 %", never "0 %". */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return '<1\u00a0%';
  return `${Math.round(share * 100)}\u00a0%`;
}

/** As `percent`, but with one decimal below 1 % ("0.3 %"), and "<0.1 %" below that. */
export function finePercent(share: number): string {
  if (share >= 0.01) return percent(share);
  return share < 0.001 ? '<0.1\u00a0%' : `${(share * 100).toFixed(1)}\u00a0%`;
}
