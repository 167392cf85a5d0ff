import { onMac } from "$lib/platform";
import { ROOMS, type Room } from "$lib/rooms/rooms";
import { text } from "$lib/text";

/** What can be done from the keyboard wherever one is. */
export type Command = Room | "back" | "forward" | "palette" | "search" | "refresh" | "shortcuts";

/** A key, pressed alone or with another: `mod` is Command on a Mac and Control elsewhere. */
export type Press = { readonly key: string; readonly mod?: true; readonly alt?: true };
/** A press, or two after each other. */
export type Keys = readonly [Press] | readonly [Press, Press];
/** A command with all the keys that give it. */
export type Shortcut = { readonly command: Command; readonly group: keyof typeof text.shortcuts.groups; readonly keys: readonly Keys[] };

const LETTERS: Record<Room, string> = { overview: "o", usage: "u", ledger: "l", topup: "t", settings: "s" };
const G: Press = { key: "g" };

/** The one list of them: the window's keys, the sheet that lists them and what controls say of their keys come from it. */
export const SHORTCUTS: readonly Shortcut[] = [
  ...ROOMS.map(({ id }, i): Shortcut => ({ command: id, group: "go", keys: [[{ key: String(i + 1), mod: true }], [G, { key: LETTERS[id] }]] })),
  { command: "back", group: "go", keys: [[{ key: "[" }], [{ key: "ArrowLeft", alt: true }]] },
  { command: "forward", group: "go", keys: [[{ key: "]" }], [{ key: "ArrowRight", alt: true }]] },
  { command: "palette", group: "find", keys: [[{ key: "k", mod: true }]] },
  { command: "search", group: "find", keys: [[{ key: "/" }]] },
  { command: "refresh", group: "do", keys: [[{ key: "r" }]] },
  { command: "shortcuts", group: "do", keys: [[{ key: "?" }]] },
];

/** Two presses belong together when the second comes within this. */
const TOGETHER = 1_000;

/** Finds the commands in what is typed. */
export class KeyReader {
  #first: Press | null = null;
  #at = 0;

  /** The command that a key gives, if it gives one now. */
  read(event: KeyboardEvent): Command | null {
    if (event.isComposing || MODIFIERS.has(event.key)) return null;
    const first = event.timeStamp - this.#at <= TOGETHER ? this.#first : null;
    this.#first = null;
    const isTyped = isTyping(event.target);
    const may = (press: Press) => (press.mod === true || !isTyped) && isPressed(press, event);
    const all = SHORTCUTS.flatMap(({ command, keys }) => keys.map((pressed) => ({ command, pressed })));
    const done = all.find(({ pressed: [one, two] }) => (two === undefined ? may(one) : one === first && may(two)));
    if (done) return done.command;
    const begun = all.find(({ pressed: [one, two] }) => two !== undefined && may(one));
    if (begun) {
      this.#first = begun.pressed[0];
      this.#at = event.timeStamp;
    }
    return null;
  }
}

const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock"]);

function isPressed(press: Press, event: KeyboardEvent): boolean {
  // Where "[" takes AltGr, that is how it is typed: Windows reports it as Control and Alt.
  const plain = event.getModifierState("AltGraph");
  const [mod, other] = onMac() ? [event.metaKey, event.ctrlKey] : [event.ctrlKey, event.metaKey];
  if (!plain && (mod !== (press.mod ?? false) || other || event.altKey !== (press.alt ?? false))) return false;
  // How a sign is typed differs by keyboard, with Shift or without; a letter with Shift is another.
  if (/^[a-z0-9]$/.test(press.key) && event.shiftKey && !/^[0-9]$/.test(event.key)) return false;
  return keyOf(event) === press.key;
}

/** The key, by what it writes; by its place where it writes no Latin letter, or a digit only with Shift. */
function keyOf({ key, code }: KeyboardEvent): string {
  const digit = /^Digit(\d)$/.exec(code)?.[1];
  if (digit !== undefined && !/^[\d/?[\]]$/.test(key)) return digit;
  const isForeign = key.length === 1 && key > "\u007f";
  return isForeign ? (/^Key([A-Z])$/.exec(code)?.[1] ?? key).toLowerCase() : key.length === 1 ? key.toLowerCase() : key;
}

/** Whether keys are text, or a choice by its first letters, where they are pressed. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["radio", "checkbox", "button", "submit", "reset", "range"].includes(target.type);
  return target.isContentEditable || target.closest("textarea, select, [role=textbox], [role=combobox], [role=listbox], [role=menu]") !== null;
}

/** The keys of a command as caps, in the computer's own names: ["⌘", "K"]. */
export function capsOf([one, two]: Keys): readonly (readonly string[])[] {
  return two === undefined ? [caps(one)] : [caps(one), caps(two)];
}

function caps({ key, mod, alt }: Press): readonly string[] {
  const names = text.shortcuts.keys;
  const mac = onMac();
  return [...(mod ? [mac ? "⌘" : names.ctrl] : []), ...(alt ? [mac ? "⌥" : names.alt] : []), ARROWS[key] ?? key.toUpperCase()];
}

const ARROWS: Readonly<Record<string, string>> = { ArrowLeft: "←", ArrowRight: "→" };

const keysOf = (command: Command) => SHORTCUTS.find((shortcut) => shortcut.command === command)?.keys ?? [];

/** The first keys of a command, for a hint beside its name: "Ctrl K", "⌘K". */
export function hintOf(command: Command): string {
  const [first] = keysOf(command);
  return first ? capsOf(first).map((one) => one.join(onMac() ? "" : " ")).join(" ") : "";
}

/** The keys of a command for `aria-keyshortcuts`, which knows no two presses after each other. */
export function ariaKeys(command: Command): string {
  const names = keysOf(command).flatMap(([press, second]) => (second === undefined ? [press] : []));
  return names.map(({ key, mod, alt }) => [...(mod ? [onMac() ? "Meta" : "Control"] : []), ...(alt ? ["Alt"] : []), key.length === 1 ? key.toUpperCase() : key].join("+")).join(" ");
}
