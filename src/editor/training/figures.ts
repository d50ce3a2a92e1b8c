import type { Localiser } from '../localiser';

/** How figures are written: in the editor's language. */
export interface Figures {
  /** Of many, in groups: "12,345". */
  readonly count: (value: number) => string;
  /** With so many decimals. */
  readonly decimal: (value: number, decimals: number) => string;
  /** About how long: "less than a minute", "12 min", "1 h 20 min". */
  readonly duration: (seconds: number) => string;
  /** A moment, as people write it. @param iso as in ISO 8601 */
  readonly moment: (iso: string) => string;
}

/** @param language a BCP 47 tag, such as the editor's */
export function figures(language: string, l10n: Localiser): Figures {
  // Made when they are needed: the first of them takes ICU up to 100 ms, in which the extension would be activated.
  let whole: Intl.NumberFormat | undefined;
  return {
    count: (value) => (whole ??= new Intl.NumberFormat(language, { maximumFractionDigits: 0 })).format(value),
    decimal: (value, decimals) =>
      new Intl.NumberFormat(language, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(
        value,
      ),
    duration: (seconds) => {
      const minutes = Math.round(seconds / 60);
      if (minutes < 1) return l10n.t('less than a minute');
      if (minutes < 60) return l10n.t('{0} min', minutes);
      return l10n.t('{0} h {1} min', Math.floor(minutes / 60), minutes % 60);
    },
    moment: (iso) =>
      new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso)),
  };
}
