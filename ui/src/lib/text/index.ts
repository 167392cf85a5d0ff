import { chart } from "./en/chart";
import { format } from "./en/format";
import { ledger } from "./en/ledger";
import { notices } from "./en/notices";
import { overview } from "./en/overview";
import { palette } from "./en/palette";
import { parts } from "./en/parts";
import { settings } from "./en/settings";
import { shell } from "./en/shell";
import { shortcuts } from "./en/shortcuts";
import { sync } from "./en/sync";
import { topup } from "./en/topup";
import { usage } from "./en/usage";

/** Every text of the interface. A translation has the same shape as `en` and takes its place here. */
export const text = {
  chart,
  format,
  ledger,
  notices,
  overview,
  palette,
  parts,
  settings,
  shell,
  shortcuts,
  sync,
  topup,
  usage,
} as const;

/** What a translation is: a text for each text, of the same name and made from the same parts. */
export type Translation = Translated<typeof text>;

type Translated<T> = T extends string ? string : T extends (...parts: infer P) => string ? (...parts: P) => string : { readonly [K in keyof T]: Translated<T[K]> };
