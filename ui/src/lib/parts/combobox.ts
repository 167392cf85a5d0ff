/** Something to choose. */
export type Choice = { value: string; label: string };

const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();

/** The choices that are called as was typed: those that begin with it come before those that have it somewhere. */
export function matching(choices: readonly Choice[], typed: string): readonly Choice[] {
  const wanted = plain(typed.trim());
  if (wanted === "") return choices;
  const ranked = choices.map((choice) => ({ choice, at: plain(choice.label).indexOf(wanted) })).filter(({ at }) => at >= 0);
  return [...ranked.filter(({ at }) => at === 0), ...ranked.filter(({ at }) => at > 0)].map(({ choice }) => choice);
}
