/** How numbers and dates are written. English is written as in Europe unless somebody chooses otherwise: "Tue 14 Dec", 4,318. */

/** The locales to choose from; each by its BCP 47 tag, named as those who use it name it. Digits are Western everywhere, as charts draw them. */
export const LOCALES = [
  { tag: "en-GB", name: "English" },
  { tag: "en-US", name: "English (United States)" },
  { tag: "de-DE", name: "Deutsch" },
  { tag: "fr-FR", name: "Français" },
  { tag: "es-ES", name: "Español" },
  { tag: "pl-PL", name: "Polski" },
  { tag: "hi-IN-u-nu-latn", name: "हिन्दी" },
  { tag: "ja-JP", name: "日本語" },
  { tag: "ar-EG-u-nu-latn", name: "العربية" },
] as const;

/** A locale that can be chosen. */
export type LocaleTag = (typeof LOCALES)[number]["tag"];

/** What is used where nobody chose. */
export const DEFAULT_LOCALE: LocaleTag = "en-GB";

/** The locale in force. Who reads it while rendering renders anew when it changes. */
class Current {
  tag = $state<LocaleTag>(DEFAULT_LOCALE);

  /** Takes a tag from the settings; one that is not offered (any more) is the default. */
  choose(tag: string | null): void {
    this.tag = LOCALES.find((known) => known.tag === tag)?.tag ?? DEFAULT_LOCALE;
  }

  /** The tag that numbers and money are written by: European English groups digits as American does, and calls a dollar "$". */
  get numbers(): string {
    return this.tag === DEFAULT_LOCALE ? "en-US" : this.tag;
  }
}

export const locale = new Current();
