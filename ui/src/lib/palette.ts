/** Which colour a feature has. One answer for the whole interface: lists, bars and the charts that are asked for. */

/** What the palette needs to know of a feature. */
export type Coloured = { id: string; group: string };

const NAMED = ["replies", "summaries", "classification", "syncs"];
const SPARE = ["--group-5", "--group-6", "--group-7", "--group-8"];
const FAMILY = ["--family-2", "--family-3", "--family-4"];

/** The colours of one catalogue, as CSS values made of tokens. */
export class Palette {
  readonly #groups = new Map<string, string>();
  readonly #features = new Map<string, string>();
  /** The colours of groups without one of their own, in the order in which they are taken: those that nobody else has. */
  readonly #spare: readonly string[];

  /** Features in catalogue order: groups without a token of their own take the spare ones in that order. */
  constructor(features: readonly Coloured[]) {
    const unused = NAMED.filter((group) => !features.some((feature) => feature.group === group));
    this.#spare = [...SPARE, ...unused.map((group) => `--group-${group}`)];
    const sizes = new Map<string, number>();
    for (const { id, group } of features) {
      const base = this.#groups.get(group) ?? this.#newGroup(group);
      const place = sizes.get(group) ?? 0;
      sizes.set(group, place + 1);
      this.#features.set(id, shade(base, place));
    }
  }

  #newGroup(group: string): string {
    const spares = [...this.#groups.keys()].filter((g) => !NAMED.includes(g)).length;
    const colour = NAMED.includes(group) ? `var(--group-${group})` : `var(${this.#spare[spares % this.#spare.length]})`;
    this.#groups.set(group, colour);
    return colour;
  }

  /** A group's colour; a group that the catalogue does not name takes the first spare one. */
  group(group: string): string {
    return this.#groups.get(group) ?? (NAMED.includes(group) ? `var(--group-${group})` : `var(${SPARE[0]})`);
  }

  /** A feature's colour: its group's, or one of that family. */
  feature(feature: string, group: string): string {
    return this.#features.get(feature) ?? this.group(group);
  }

  /** Every colour by the id of its group or feature, for a chart's theme. */
  all(): Record<string, string> {
    return Object.fromEntries([...NAMED.map((g) => [g, this.group(g)] as const), ...this.#features, ...this.#groups]);
  }
}

function shade(base: string, place: number): string {
  if (place === 0) return base;
  return `color-mix(in oklab, ${base}, var(${FAMILY[(place - 1) % FAMILY.length]}))`;
}
