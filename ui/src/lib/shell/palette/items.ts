import type { LedgerNames, RangeName, Settings } from "$lib/backend/types";
import { count } from "$lib/format";
import { EVERYTHING, ledgerParams } from "$lib/rooms/ledger/address";
import { ROOMS } from "$lib/rooms/rooms";
import { USUAL, usageParams } from "$lib/rooms/usage/address";
import type { AppState } from "$lib/state/app.svelte";
import { LOCALES, locale } from "$lib/state/locale.svelte";
import { hintOf } from "$lib/state/shortcuts";
import { text } from "$lib/text";
import type { IconName } from "$lib/words/tone";

/** Something to go to or to do. */
export type Item = {
  /** The same in every window, so that it is known again as one that was chosen lately. */
  id: string;
  group: keyof typeof text.palette.groups;
  label: string;
  icon: IconName;
  /** Other words that it is looked for by. */
  also?: string;
  /** What stands behind it: its keys, or more of its name. */
  hint?: string;
  run: () => void;
};

const RANGES = Object.keys(text.palette.usage) as Exclude<RangeName, "custom">[];
const LOOKS: readonly Settings["appearance"][] = ["system", "light", "dark"];

/** Everything that can be gone to or done now, in the order in which it is offered. */
export function allItems(app: AppState, names: LedgerNames | null): Item[] {
  const hasWorkspace = app.workspace !== null;
  return [
    ...ROOMS.map(({ id, icon }): Item => ({ id: `room/${id}`, group: "go", label: text.shell.room[id], icon, hint: hintOf(id), run: () => app.go(id) })),
    ...(app.workspaces ?? [])
      .filter(({ key }) => key !== app.key)
      .map((w): Item => ({ id: `workspace/${w.key}`, group: "workspaces", label: w.name, icon: "workspace", hint: w.provider, also: w.provider, run: () => app.choose(w.key) })),
    ...(hasWorkspace ? [...ranges(app), ...filters(app, names)] : []),
    ...actions(app, hasWorkspace),
  ];
}

function ranges(app: AppState): Item[] {
  return RANGES.map((range) => ({ id: `usage/${range}`, group: "usage", label: text.palette.usage[range], icon: "usage", run: () => app.go("usage", usageParams({ ...USUAL, range })) }));
}

/** Entries of one feature, member, channel or source. */
function filters(app: AppState, names: LedgerNames | null): Item[] {
  const { entriesOf, entriesThrough, entriesFrom, kinds } = text.palette;
  const item = (kind: keyof typeof kinds, name: string, label: string, filter: Parameters<typeof ledgerParams>[0]): Item => ({
    id: `ledger/${app.key}/${kind}/${name}`, group: "ledger", label, icon: "ledger", hint: kinds[kind], run: () => app.go("ledger", ledgerParams(filter)),
  });
  return [
    ...(names?.features ?? []).map(({ id, name }) => item("feature", id, entriesOf(name), { features: [id] })),
    ...(names?.members ?? []).map((member) => item("member", member, entriesOf(member), { member })),
    ...(names?.channels ?? []).map((channel) => item("channel", channel, entriesThrough(channel), { channel })),
    ...(names?.sources ?? []).map((source) => item("source", source, entriesFrom(source), { source })),
  ];
}

function actions(app: AppState, hasWorkspace: boolean): Item[] {
  const words = text.palette;
  const action = (id: string, label: string, icon: IconName, also: string, run: () => void, hint?: string): Item => ({ id: `do/${id}`, group: "actions", label, icon, also, run, ...(hint ? { hint } : {}) });
  const { key } = app;
  const isPaused = app.sync?.state === "paused";
  const ofWorkspace = !hasWorkspace || key === null ? [] : [
    action("top-up", words.topUp, "topUp", words.also.topUp, () => app.go("topup")),
    action("export", words.export, "save", words.also.export, () => app.go("settings", { at: "export" })),
    action("verify", words.verify, "verified", words.also.verify, () => {
      app.go("settings", { at: "verify" });
      void app.jobs.verify(key);
    }),
    action("pause", isPaused ? words.goOn : words.pause, isPaused ? "play" : "pause", words.also.sync, () => void app.pause(!isPaused)),
    action("refresh", words.refresh, "sync", words.also.refresh, () => void app.refresh(), hintOf("refresh")),
  ];
  const said = text.shell.said;
  return [
    ...ofWorkspace,
    action("connect", words.connect, "topUp", words.also.connect, () => app.go("settings", { at: "connect" })),
    ...LOOKS.filter((look) => look !== app.settings.appearance).map((look) =>
      action(`look/${look}`, words.appearance[look], "look", words.also.appearance, () => void app.change({ appearance: look }, said.appearance[look])),
    ),
    action("shortcuts", words.shortcuts, "keys", words.also.shortcuts, () => (app.overlay = "shortcuts"), hintOf("shortcuts")),
    ...LOCALES.filter(({ tag }) => tag !== locale.tag).map(({ tag, name }) =>
      action(`locale/${tag}`, words.locale(name), "locale", words.also.locale, () => void app.change({ locale: tag }, said.locale(name))),
    ),
  ];
}

/** What a query names by itself: an entry by its number, and references that begin with it. */
export function namedItems(app: AppState, query: string): Item[] {
  if (!app.workspace) return [];
  const seq = numberIn(query);
  const entries = app.sync?.entries ?? 0;
  const reference = seq === null ? (/^#\S+$/.test(query) ? query : null) : `#${seq}`;
  return [
    ...(seq !== null && seq <= entries ? [named(`entry/${seq}`, text.palette.entry(count(seq)), () => app.go("ledger", ledgerParams(EVERYTHING, seq)))] : []),
    ...(reference !== null ? [named(`reference/${reference}`, text.palette.reference(reference), () => app.go("ledger", ledgerParams({ reference })))] : []),
  ];
}

const named = (id: string, label: string, run: () => void): Item => ({ id, group: "ledger", label, icon: "ledger", run });

/** The whole number that a query is, however its thousands are set apart. */
function numberIn(query: string): number | null {
  if (!/^\d[\d\s.,'’]*$/.test(query)) return null;
  const n = Number(query.replace(/\D/g, ""));
  return Number.isSafeInteger(n) && n >= 1 ? n : null;
}
