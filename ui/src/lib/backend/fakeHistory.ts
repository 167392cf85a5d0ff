import type { EntryKind, GrantShare, LedgerRow, Related } from "./types";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What the invented work is about. */
export type Work = { id: string; name: string; group: string; rate: number; mean: number };
/** What a grant entry gives. */
export type Terms = { effectiveAt: number; expiresAt: number | null; priority: number };
/** An entry of the invented ledger, and what there is to tell of it. */
export type Made = { row: LedgerRow; id: string | null; rate: number | null; shares: GrantShare[]; terms: Terms | null; related: Related[]; body: Record<string, unknown> };

/** A grant while the invented ledger is written. */
type Grant = Terms & { seq: number; title: string; size: number; left: number };
/** Something that happens: it is written down in the order of time. */
type Happening = { at: number; write: (at: number) => void };

const MEMBERS = ["ana", "ben", "chidi", "dana", "elif", "farid", "greta", "hugo", "ines", "jonas", "kenji", "מיכל לוי", "عمر", "a-member-whose-name-is-longer-than-any-field-for-it-could-ever-be"];
const CHANNELS = ["chat", "email", "whatsapp", "help-centre", "phone"];
const WEEKDAYS = [0.3, 1, 1.12, 1.05, 1, 0.93, 0.35];

/** Numbers that look like chance and are always the same. */
function numbers(seed: number): () => number {
  return () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
}

/**
 * The entries of a workspace from August to the instant `now` in November, oldest first and `count` of them. In November
 * it uses exactly what `daily` says: credits of each feature, by day.
 */
export function history(now: number, count: number, features: readonly Work[], daily: (feature: string, day: number) => number): Made[] {
  const few = written(now, features, daily, 0);
  return written(now, features, daily, count - few.length);
}

function written(now: number, features: readonly Work[], daily: (feature: string, day: number) => number, inAugust: number): Made[] {
  const chance = numbers(7);
  const pick = <T>(of: readonly T[]): T => of[Math.floor(chance() * chance() * of.length)]!;
  const made: Made[] = [];
  const grants: Grant[] = [];
  const happenings: Happening[] = [];
  const on = (at: number, write: (at: number) => void) => void happenings.push({ at: Math.floor(at), write });

  const balance = () => grants.reduce((sum, { left }) => sum + left, 0);
  const share = (grant: Grant, amount: number): GrantShare => ({ grant: grant.seq, title: grant.title, amount, size: grant.size, left: grant.left, expiresAt: grant.expiresAt });
  const put = (at: number, kind: EntryKind, title: string, detail: string | null, amount: number, more: Partial<LedgerRow> = {}, told: Partial<Made> = {}): Made => {
    const row: LedgerRow = {
      seq: made.length + 1, kind, title, detail, feature: null, group: null, units: 0, member: null, channel: null, source: null, reference: null,
      occurredAt: at, recordedAt: at, amount, balanceAfter: balance(), ...more,
    };
    const entry: Made = { row, id: null, rate: null, shares: [], terms: null, related: [], body: {}, ...told };
    made.push(entry);
    return entry;
  };
  const of = ({ id, group }: Work, units: number) => ({ feature: id, group, units });

  /** Takes from the grants in the order of draw-down; nothing is taken where that is not enough. */
  const take = (at: number, credits: number): GrantShare[] | null => {
    const payers = grants.filter((grant) => grant.left > 0 && at >= grant.effectiveAt && at < (grant.expiresAt ?? Infinity)).sort((a, b) => a.priority - b.priority || a.seq - b.seq);
    if (payers.reduce((sum, { left }) => sum + left, 0) < credits) return null;
    let owed = credits;
    return payers.flatMap((grant) => {
      const amount = Math.min(grant.left, owed);
      grant.left -= amount;
      owed -= amount;
      return amount > 0 ? [share(grant, -amount)] : [];
    });
  };
  const use = (at: number, feature: Work, units: number, about: Partial<LedgerRow>, ends?: Made): Made | null => {
    const cost = feature.rate * units;
    const shares = take(at, cost);
    if (!shares) return null;
    const related: Related[] = ends ? [{ seq: ends.row.seq, relation: "ends_hold", title: ends.row.title }] : [];
    const id = ends ? `hold:${ends.id}` : `u-${(made.length * 7_919 + 104_729).toString(36)}`;
    const body = { source: about.source, id, feature: feature.id, units, rate: feature.rate, cost, revision: 3, member: about.member ?? undefined, channel: about.channel ?? undefined, reference: about.reference ?? undefined, ...(ends ? { hold: ends.row.seq } : {}), allocations: shares.map(({ grant, amount }) => ({ grant, amount: -amount })) };
    return put(at, "usage", feature.name, units > 1 ? `${units} ×` : null, -cost, { ...of(feature, units), ...about }, { id, rate: feature.rate, shares, related, body });
  };
  const giveBack = (at: number, feature: Work, failed: Made) => {
    const shares = failed.shares.map(({ grant: seq, amount }) => {
      const grant = grants.find((one) => one.seq === seq)!;
      grant.left -= amount;
      return share(grant, -amount);
    });
    put(at, "amendment", `${feature.name} given back`, `Failed work of entry ${failed.row.seq}`, -failed.row.amount, { ...of(feature, failed.row.units), source: failed.row.source }, {
      id: `a-${failed.row.seq}`, rate: feature.rate, shares, related: [{ seq: failed.row.seq, relation: "amends", title: failed.row.title }],
      body: { source: failed.row.source, id: `a-${failed.row.seq}`, usage: failed.row.seq, feature: feature.id, amount: -failed.row.amount, allocations: shares.map(({ grant, amount }) => ({ grant, amount })) },
    });
  };
  const hold = (at: number, feature: Work, source: string): Made =>
    put(at, "hold", `${feature.name} reserved`, `${feature.rate} credits for 15 minutes at most`, 0, { ...of(feature, 1), source }, {
      id: `h-${made.length}`, rate: feature.rate, body: { source, id: `h-${made.length}`, feature: feature.id, units: 1, rate: feature.rate, cost: feature.rate, revision: 3, minutes: 15 },
    });
  const release = (at: number, held: Made) =>
    put(at, "release", "Reservation released", `of entry ${held.row.seq}`, 0, {}, { related: [{ seq: held.row.seq, relation: "ends_hold", title: held.row.title }], body: { hold: held.row.seq, cause: "released" } });
  const grant = (at: number, title: string, detail: string, amount: number, terms: Terms, body: Record<string, unknown>) => {
    const granted: Grant = { ...terms, seq: made.length + 1, title: `${title} ${detail}`, size: amount, left: amount };
    grants.push(granted);
    put(at, "grant", title, detail, amount, {}, { terms, body: { amount, priority: terms.priority, ...body } });
  };
  const plan = (at: number, title: string, body: Record<string, unknown>) => put(at, "plan_change", title, null, 0, {}, { body });
  const controls = (at: number, detail: string, body: Record<string, unknown>) => put(at, "controls_change", "Controls changed", detail, 0, {}, { body });
  /** What is left of the old allowance is gone, and the new one is there. */
  const refresh = (at: number, name: string, amount: number, expiresAt: number) => {
    for (const old of grants.filter((one) => one.left > 0 && one.expiresAt === at)) {
      const lost = old.left;
      old.left = 0;
      put(at, "expiry", "Expired", `what was left of entry ${old.seq}`, -lost, {}, { shares: [share(old, -lost)], related: [{ seq: old.seq, relation: "of_grant", title: old.title }], body: { grant: old.seq, amount: lost } });
    }
    grant(at, "Allowance", name, amount, { effectiveAt: at, expiresAt, priority: 10 }, { source: "allowance", origin: "allowance", plan: name.toLowerCase() });
  };

  /** A day's work of a feature. */
  const work = (start: number, feature: Work, credits: number): void => {
    let units = Math.round(credits / feature.rate);
    while (units > 0) {
      const some = Math.min(units, chance() < 0.5 ? 1 : 2 + Math.floor(chance() * 3));
      units -= some;
      const at = start + Math.min(14, Math.max(5, 13 + (chance() + chance() + chance() - 1.5) * 10)) * HOUR - Math.floor(chance() * HOUR);
      const source = feature.id === "knowledge-sync" ? "site" : chance() < 0.9 ? "helpdesk" : "site";
      const about: Partial<LedgerRow> = feature.id === "knowledge-sync" ? { source, channel: "help-centre", reference: "Help centre" } : { source, channel: pick(CHANNELS), reference: `#${48_120 - Math.floor((now - at) / (9 * MINUTE))}`, member: feature.id === "automated-response" || feature.id === "classification" ? null : pick(MEMBERS) };
      const late = chance() < 0.012 ? { occurredAt: at - Math.floor(chance() * 50) * HOUR } : {};
      const reserved = feature.id === "knowledge-sync" && some === 1;
      if (reserved) {
        let held: Made;
        on(at - 4 * MINUTE, (when) => (held = hold(when, feature, source)));
        on(at, (when) => void use(when, feature, some, about, held));
      } else {
        on(at, (when) => void use(when, feature, some, { ...about, ...late }));
      }
      // Work that failed comes on top, and costs nothing in the end.
      if (chance() < 0.008) {
        let failed: Made | null = null;
        on(at + MINUTE, (when) => (failed = use(when, feature, some, about)));
        on(at + 6 * MINUTE, (when) => failed && giveBack(when, feature, failed));
      }
    }
  };

  const [AUG, SEP, OCT, NOV, DEC] = [7, 8, 9, 10, 11].map((month) => Date.UTC(2026, month, 1)) as [number, number, number, number, number];
  const pack = (at: number, name: string, amount: number, price: number, purchase: string) =>
    grant(at, name, `Purchase ${purchase}`, amount, { effectiveAt: at, expiresAt: null, priority: 50 }, { source: "top_up", origin: "top_up", purchase, pack: `boost-${amount}`, price });

  const begun = AUG + 2 * DAY + 9 * HOUR;
  on(begun, (at) => plan(at, "Subscribed to Starter", { cause: "subscribed", to: { plan: "starter", allowance: 3_000, ai: true } }));
  on(begun, (at) => grant(at, "Allowance", "Starter", 3_000, { effectiveAt: AUG, expiresAt: SEP, priority: 10 }, { source: "allowance", origin: "allowance", plan: "starter" }));
  on(begun + 20 * MINUTE, (at) => controls(at, "automation on", { automation: true }));
  on(SEP, (at) => refresh(at, "Starter", 3_000, OCT));
  on(SEP + 17 * DAY + 15 * HOUR, (at) => pack(at, "Boost 1,000", 1_000, 1_500, "pur-1"));
  on(OCT, (at) => refresh(at, "Starter", 3_000, NOV));
  on(OCT + 9.2 * HOUR, (at) => plan(at, "Upgraded to Growth", { cause: "upgraded", to: { plan: "growth", allowance: 10_000, ai: true } }));
  on(OCT + 9.2 * HOUR, (at) => grant(at, "Upgrade", "Growth", 7_000, { effectiveAt: at, expiresAt: NOV, priority: 10 }, { source: "allowance", origin: "upgrade", plan: "growth" }));
  on(OCT + 5 * DAY + 11 * HOUR, (at) => pack(at, "Boost 2,500", 2_500, 3_000, "pur-2"));
  on(OCT + 13 * DAY + 16 * HOUR, (at) => {
    const bought = grants.find(({ size }) => size === 2_500)!;
    bought.left -= 75;
    put(at, "void", "Refunded pack taken back", "Purchase pur-2", -75, {}, { id: "r-1", shares: [share(bought, -75)], related: [{ seq: bought.seq, relation: "of_grant", title: bought.title }], body: { cause: "refund", id: "r-1", price: 90, purchase: "pur-2", grant: bought.seq, amount: 75, shortfall: 0 } });
  });
  on(OCT + 19 * DAY + 10 * HOUR, (at) => controls(at, "Knowledge syncs on, cap 500 · Drafts off", { features: [{ feature: "knowledge-sync", on: true, cap: 500 }, { feature: "draft", on: false }] }));
  on(NOV, (at) => refresh(at, "Growth", 10_000, DEC));
  on(NOV + 2 * DAY + 8 * HOUR, (at) => controls(at, "Drafts on", { features: [{ feature: "draft", on: true }] }));
  on(NOV + 9 * DAY + 12 * HOUR, (at) => plan(at, "Change to Scale at the next refresh", { cause: "scheduled", to: { plan: "scale", allowance: 30_000, ai: true } }));
  on(NOV + 10 * DAY + 9 * HOUR, (at) => plan(at, "Stays on Growth", { cause: "taken_back", to: { plan: "growth", allowance: 10_000, ai: true } }));
  for (const day of [3, 9, 15]) {
    let held: Made;
    const sync = features.find(({ id }) => id === "knowledge-sync")!;
    on(NOV + day * DAY + 7 * HOUR, (at) => (held = hold(at, sync, "site")));
    on(NOV + day * DAY + 7 * HOUR + 9 * MINUTE, (at) => void release(at, held));
  }

  // The newest entries are told of one by one.
  const newest = [
    ["summary", "chat", "#48110", "ana", 300], ["knowledge-sync", "help-centre", "Help centre", null, 140], ["reply-suggestion", "email", "#48117", "ben", 43],
    ["classification", "email", "#48120", null, 25], ["automated-response", "chat", "#48121", null, 11],
  ] as const;
  for (const [id, channel, reference, member, ago] of newest) {
    const feature = features.find((one) => one.id === id)!;
    const source = id === "knowledge-sync" ? "site" : "helpdesk";
    on(now - ago * 1_000, (at) => void (id === "knowledge-sync" ? hold(at, feature, source) : use(at, feature, 1, { source, channel, reference, member })));
  }
  const today = Math.floor((now - NOV) / DAY);
  for (const feature of features) {
    for (let day = 0; day <= today; day++) {
      const told = day === today && feature.id !== "knowledge-sync" && newest.some(([id]) => id === feature.id) ? feature.rate : 0;
      work(NOV + day * DAY, feature, daily(feature.id, day) - told);
    }
    for (let day = 0; day < 31; day++) work(OCT + day * DAY, feature, feature.mean * WEEKDAYS[(day + 4) % 7]! * 0.75 * (0.8 + chance() * 0.4));
    for (let day = 0; day < 30; day++) work(SEP + day * DAY, feature, feature.mean * WEEKDAYS[(day + 2) % 7]! * 0.58 * (0.8 + chance() * 0.4));
  }
  // August is filled up with as many as are missing: it stays far below its allowance.
  const replies = features.filter(({ rate }) => rate === 1);
  for (let i = 0; i < inAugust; i++) {
    const at = AUG + 3 * DAY + (i / inAugust) * 27 * DAY + Math.floor(chance() * HOUR);
    on(at, (when) => void use(when, pick(replies), 1, { source: "helpdesk", channel: pick(CHANNELS), reference: `#${30_000 + i}`, member: pick(MEMBERS) }));
  }
  happenings.sort((a, b) => a.at - b.at).forEach(({ at, write }) => write(at));
  return made;
}
