import type { Localiser } from '../../../../src/editor/localiser';

/** English, as the editor gives it where no translation is installed. */
export const english: Localiser = {
  t: (message, ...args) => message.replace(/\{(\d+)\}/g, (_, n: string) => String(args[Number(n)])),
};
