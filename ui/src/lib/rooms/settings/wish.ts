import type { ExportFormat, ExportRequest } from "$lib/backend/types";
import { text } from "$lib/text";
import { endOfDay, startOfDay } from "$lib/zone";

/** What somebody wants to export, as it is written in the fields; what is empty does not restrict. */
export type Wish = { format: ExportFormat; first: string; last: string; feature: string; member: string; channel: string; source: string; reference: string };

/** Everything, as a table. */
export const EVERYTHING: Wish = { format: "csv", first: "", last: "", feature: "", member: "", channel: "", source: "", reference: "" };

/** What is wrong with the days of a wish; nothing if they are right. */
export function daysProblem({ first, last }: Wish, zone: string): string | null {
  const from = first.trim() === "" ? null : startOfDay(first.trim(), zone);
  const to = last.trim() === "" ? null : endOfDay(last.trim(), zone);
  if ((first.trim() !== "" && from === null) || (last.trim() !== "" && to === null)) return text.settings.export.notADay;
  return from !== null && to !== null && from >= to ? text.settings.export.wrongWay : null;
}

/** A wish as the app takes it. Its days are those of a time zone, both included. */
export function requestOf(wish: Wish, zone: string): ExportRequest {
  const given = (text: string) => (text.trim() === "" ? null : text.trim());
  return {
    format: wish.format,
    filter: {
      from: startOfDay(wish.first.trim(), zone),
      to: endOfDay(wish.last.trim(), zone),
      kinds: [],
      features: wish.feature === "" ? [] : [wish.feature],
      member: given(wish.member),
      channel: given(wish.channel),
      source: given(wish.source),
      reference: given(wish.reference),
    },
  };
}
