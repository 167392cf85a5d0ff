import type { IconName } from "$lib/words/tone";

/** The rooms of the window, in the order of the sidebar and of the shortcuts. */
export const ROOMS = [
  { id: "overview", name: "Overview", icon: "overview" },
  { id: "usage", name: "Usage", icon: "usage" },
  { id: "topup", name: "Top up", icon: "topUp" },
  { id: "settings", name: "Settings", icon: "settings" },
] as const satisfies readonly { id: string; name: string; icon: IconName }[];

/** A room's id, as it stands in the address. */
export type Room = (typeof ROOMS)[number]["id"];

/** Whether a word from the address names a room. */
export function isRoom(word: string): word is Room {
  return ROOMS.some(({ id }) => id === word);
}
