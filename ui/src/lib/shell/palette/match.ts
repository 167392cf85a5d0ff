/** How well a query fits a label, and which of its letters it is found in. */
export type Match = { score: number; at: readonly number[] };

/** A letter that is found; what it is worth more at the beginning of a word, of the label, or right after the one before. */
const FOUND = 1;
const BEGINS = 8;
const FIRST = 2;
const FOLLOWS = 6;
const GAP = -1;
/** A letter of a word must be worth this much in the mean: letters that are merely there, somewhere, are chance. */
const ENOUGH = 4;
/** What the length of a label costs: of two that fit alike the shorter is meant. */
const LENGTH = 0.02;
const NEVER = -Infinity;

/** Letters without case and accents, each in the place of its own. */
function fold(text: string): string[] {
  return Array.from(text, (letter) => (letter <= "\u007f" ? letter.toLowerCase() : letter.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "")));
}

/** Finds every word of a query in a label: its letters in their order, near each other or at beginnings of words. */
export function match(query: string, label: string): Match | null {
  const words = query.trim().split(/\s+/).filter((word) => word !== "");
  const letters = fold(label);
  const begins = beginnings(label);
  const at = new Set<number>();
  let score = -letters.length * LENGTH;
  for (const word of words) {
    const found = findWord(fold(word), letters, begins);
    if (!found) return null;
    score += found.score;
    for (const place of found.at) at.add(place);
  }
  return { score, at: [...at].sort((a, b) => a - b) };
}

function beginnings(label: string): boolean[] {
  const letters = Array.from(label);
  return letters.map((letter, i) => /\S/.test(letter) && (i === 0 || !/[\p{L}\p{N}]/u.test(letters[i - 1]!)));
}

/** The best way to find a word's letters among those of a label. */
function findWord(word: readonly string[], letters: readonly string[], begins: readonly boolean[]): Match | null {
  // scores[i][j]: the best when letter i of the word is found in place j; from[i][j]: where the letter before it was.
  const scores: number[][] = [];
  const from: number[][] = [];
  for (const [i, letter] of word.entries()) {
    const before = scores[i - 1];
    let farther = NEVER;
    let fartherAt = -1;
    scores.push([]);
    from.push([]);
    for (const [j, other] of letters.entries()) {
      const near = before?.[j - 1] ?? NEVER;
      const own = letter === other ? FOUND + (begins[j] ? BEGINS : 0) + (j === 0 ? FIRST : 0) : NEVER;
      const [best, place] = !before ? [0, -1] : near + FOLLOWS >= farther + GAP ? [near + FOLLOWS, j - 1] : [farther + GAP, fartherAt];
      scores[i]!.push(own + best);
      from[i]!.push(place);
      // From the next place on, the one before this is no longer right before it.
      if (near > farther) [farther, fartherAt] = [near, j - 1];
    }
  }
  const last = scores.at(-1) ?? [];
  const score = Math.max(NEVER, ...last);
  if (score / word.length < ENOUGH) return null;
  const at: number[] = [];
  for (let i = word.length - 1, j = last.indexOf(score); i >= 0; j = from[i]![j]!, i--) at.unshift(j);
  return { score, at };
}

/** A label in pieces: those that were found, and those between. */
export function pieces(label: string, at: readonly number[]): { text: string; found: boolean }[] {
  const places = new Set(at);
  const result: { text: string; found: boolean }[] = [];
  for (const [i, letter] of Array.from(label).entries()) {
    const found = places.has(i);
    const last = result.at(-1);
    if (last?.found === found) last.text += letter;
    else result.push({ text: letter, found });
  }
  return result;
}

/** What other words for the same count beside its label. */
const ALSO = 0.5;

/** Those that fit a query, the best first; of equals the order stays. `at` says which letters of the label were found. */
export function rank<T extends { label: string; also?: string }>(query: string, all: readonly T[]): (T & { at: readonly number[] })[] {
  return all
    .map((item) => {
      const found = match(query, item.label);
      const also = found ? null : match(query, `${item.label} ${item.also ?? ""}`);
      return { ...item, at: found?.at ?? [], score: found?.score ?? (also ? also.score * ALSO : NEVER) };
    })
    .filter(({ score }) => score > NEVER)
    .sort((a, b) => b.score - a.score);
}
