import type { Controls, ControlsWish, FeatureControl } from "$lib/backend/types";

/** What somebody is about to ask for, as the fields have it. */
export type Draft = { on: boolean; capped: boolean; cap: string; automation: boolean };

/** The fields as things are. Without a feature it is automation alone that is looked at. */
export function draftOf(control: FeatureControl | null, controls: Controls): Draft {
  const cap = control?.cap ?? null;
  return { on: control?.on ?? true, capped: cap !== null, cap: cap === null ? "" : String(cap), automation: controls.automation };
}

/** A cap as it was written: spaces may group its digits. Null where it is none. */
export function capOf(written: string): number | null {
  const digits = written.replace(/\s/g, "");
  const cap = /^\d+$/.test(digits) ? Number(digits) : NaN;
  return Number.isSafeInteger(cap) ? cap : null;
}

/** Whether the fields can be asked for. */
export function isRight({ capped, cap }: Draft): boolean {
  return !capped || capOf(cap) !== null;
}

/** What differs from how things are; null where nothing does, or a field is not right. */
export function wishOf(draft: Draft, control: FeatureControl | null, controls: Controls): ControlsWish | null {
  if (!isRight(draft)) return null;
  const automation = draft.automation === controls.automation ? null : draft.automation;
  const credits = draft.capped ? capOf(draft.cap) : null;
  const on = control === null || draft.on === control.on ? null : draft.on;
  const cap = control === null || credits === control.cap ? null : { credits };
  if (automation === null && on === null && cap === null) return null;
  return { automation, features: control !== null && (on !== null || cap !== null) ? { [control.feature]: { on, cap } } : {} };
}
