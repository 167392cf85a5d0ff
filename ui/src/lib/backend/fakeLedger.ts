import { history, type Made, type Work } from "./fakeHistory";
import type { AppError, EntryDetail, LedgerFilter, LedgerNames, LedgerPage, LedgerRow } from "./types";

/** A filtered page looks at so many entries at most, and may then be empty though there is more. */
const LOOKED_AT = 2_500;
const REVISION = 3;
const NOBODY = "0".repeat(64);

/** What the invented ledger is made of. */
export type Making = {
  now: number;
  /** How many entries it has. */
  count: number;
  /** What is available after the newest entry; none where there is no entry. */
  available: number | null;
  /** Something is wrong with entry 4,112. */
  damaged: boolean;
  features: readonly Work[];
  daily: (feature: string, day: number) => number;
};

/** The history is the same in every situation, and made when it is first asked for. */
let told: { of: readonly Work[]; entries: Made[] } | undefined;
const BASE = 9_000;
/** A ledger is no older than this, however many entries it has. */
const OLDEST = 3 * 365 * 86_400_000;

function entriesOf({ now, features, daily }: Making): Made[] {
  if (told?.of !== features) told = { of: features, entries: history(now, BASE, features, daily) };
  return told.entries;
}

/** The invented ledger. One with more entries than were written repeats them back in time. */
export function fakeLedger(making: Making) {
  const { now, count, available, damaged, features } = making;
  const base = available === null ? [] : entriesOf(making);
  const added: Made[] = [];
  const entries = () => (available === null ? 0 : count) + added.length;
  const newest = base.at(-1)?.row;
  const span = newest ? newest.recordedAt - base[0]!.row.recordedAt + 3_600_000 : 0;
  const squeeze = Math.min(1, OLDEST / Math.max(1, span * (count / BASE)));
  const then = (at: number, back: number) => (count === BASE ? at : Math.round(now - (now - at + back * span) * squeeze));

  const made = (seq: number): Made | undefined => {
    if (seq < 1 || seq > entries()) return undefined;
    if (seq > count) return added[seq - count - 1];
    const back = Math.ceil((count - seq + 1) / BASE) - 1;
    const one = base[seq - (count - BASE) + back * BASE - 1];
    if (!one || !newest) return undefined;
    const { row } = one;
    // Situations differ in what is left: every balance differs by as much.
    const balanceAfter = Math.max(0, row.balanceAfter + (available ?? 0) - newest.balanceAfter);
    return { ...one, row: { ...row, seq, occurredAt: then(row.occurredAt, back), recordedAt: then(row.recordedAt, back), balanceAfter } };
  };
  const row = (seq: number): LedgerRow | undefined => made(seq)?.row;

  const newestRows = (most: number): LedgerRow[] => Array.from({ length: Math.min(most, entries()) }, (_, i) => row(entries() - i)!);

  return {
    newest: newestRows,
    page: (filter: LedgerFilter, before: number | null, limit: number): LedgerPage => {
      const rows: LedgerRow[] = [];
      const wanted = passes(filter);
      let seq = Math.min(before ?? Infinity, entries() + 1) - 1;
      const last = Math.max(0, seq - LOOKED_AT);
      for (; seq > last && rows.length < limit; seq--) {
        const one = row(seq);
        if (one && wanted(one)) rows.push(one);
      }
      return { rows, nextBefore: seq > 0 ? seq + 1 : null, entries: entries() };
    },
    names: (): LedgerNames => {
      const names = (of: "member" | "channel" | "source") => [...new Set(base.flatMap(({ row: { [of]: name } }) => (name === null ? [] : [name])))].sort((a, b) => a.localeCompare(b));
      return { features: features.map(({ id, name, group }) => ({ id, name, group })), members: names("member"), channels: names("channel"), sources: names("source") };
    },
    entry: (seq: number): EntryDetail => {
      const one = made(seq);
      if (!one) throw { code: "no_such_entry", message: `This ledger has no entry ${seq}.`, advice: `Its entries count from 1 to ${entries()}.`, detail: null } satisfies AppError;
      const left = base.filter(({ shares }) => shares.some(({ grant }) => grant === seq)).at(-1)?.shares.find(({ grant }) => grant === seq)?.left;
      const wrong = damaged && seq === 4_112;
      return {
        row: one.row, id: one.id, rate: one.rate, rateAssumed: one.rate !== null && one.rate < 25, revision: one.rate === null ? null : REVISION, shares: one.shares,
        grant: one.terms && { ...one.terms, amount: one.row.amount, leftNow: left ?? one.row.amount }, related: one.related,
        hash: hashOf(seq), previousHash: seq === 1 ? NOBODY : hashOf(seq - 1),
        body: JSON.stringify({ seq, recorded_at: new Date(one.row.recordedAt).toISOString(), type: one.row.kind, ...one.body }),
        verdict: wrong ? "differs" : "agrees", findings: wrong ? ["its hash does not follow from the entry before it and its bytes", "credits: 3, and the rules give 2"] : [],
      };
    },
    /** Work that is reported now. */
    add: (credits: number): void => {
      const before = row(entries());
      const seq = entries() + 1;
      const feature = features[2]!;
      added.push({
        row: {
          seq, kind: "usage", title: feature.name, detail: credits > 1 ? `${credits} ×` : null, feature: feature.id, group: feature.group, units: credits, member: "ana", channel: "email", source: "helpdesk", reference: `#${seq}`,
          occurredAt: now, recordedAt: now, amount: -credits, balanceAfter: Math.max(0, (before?.balanceAfter ?? credits) - credits),
        },
        id: `u-${seq}`, rate: 1, shares: [], terms: null, related: [], body: {},
      });
    },
  };
}

function passes({ from, to, kinds, features, member, channel, source, reference }: LedgerFilter): (row: LedgerRow) => boolean {
  return (row) =>
    (from === null || row.occurredAt >= from) && (to === null || row.occurredAt < to) && (kinds.length === 0 || kinds.includes(row.kind)) &&
    (features.length === 0 || (row.feature !== null && features.includes(row.feature))) && (member === null || row.member === member) && (channel === null || row.channel === channel) &&
    (source === null || row.source === source) && (reference === null || (row.reference?.startsWith(reference) ?? false));
}

/** What looks like a hash, and is always the same for an entry. */
function hashOf(seq: number): string {
  let state = seq * 2_654_435_761 + 97;
  return Array.from({ length: 8 }, () => {
    state = (state * 48_271 + 11) % 4_294_967_291;
    return Math.floor(state).toString(16).padStart(8, "0");
  }).join("");
}
