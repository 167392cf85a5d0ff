import type { IconName } from "$lib/words/tone";

/** The rooms of the window, in the order of the sidebar and of the shortcuts. */
export const ROOMS = [
  { id: "overview", icon: "overview" },
  { id: "usage", icon: "usage" },
  { id: "ledger", icon: "ledger" },
  { id: "topup", icon: "topUp" },
  { id: "settings", icon: "settings" },
] as const satisfies readonly { id: string; icon: IconName }[];

/** A room's id, as it stands in the address. */
export type Room = (typeof ROOMS)[number]["id"];

/** Whether a word from the address names a room. */
export function isRoom(word: string): word is Room {
  return ROOMS.some(({ id }) => id === word);
}
