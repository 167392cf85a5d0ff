import { isRoom, type Room } from "$lib/rooms/rooms";

/** What stands behind a room in the address: what the room is asked to show. */
export type Params = Readonly<Record<string, string | number | readonly string[] | null | undefined>>;

/** A place in the window: a room, and what it shows. */
export type Place = { room: Room; params: URLSearchParams };

/** Parameters as the address has them, in the order that they are given; what is absent or empty is left out. */
export function searchOf(params: Params): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value === null || value === undefined || value === "") continue;
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [String(value)]) search.append(name, one);
  }
  return search.toString();
}

/** The address of a place, for a link: "#/ledger?feature=draft". */
export function addressOf(room: Room, search: string): string {
  return search === "" ? `#/${room}` : `#/${room}?${search}`;
}

/** The place that an address names, or null if it names none. */
export function placeOf(hash: string): Place | null {
  const [path = "", search = ""] = hash.replace(/^#\//, "").split(/\?(.*)/s);
  return isRoom(path) ? { room: path, params: new URLSearchParams(search) } : null;
}
