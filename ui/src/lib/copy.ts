import { onMac } from "./platform";
import { text as words } from "./text";

/** Copies a text. Where the clipboard is not allowed, the place that shows it is selected instead. Says what was done. */
export async function copy(text: string, shown: Node): Promise<string> {
  try {
    await navigator.clipboard.writeText(text);
    return words.parts.copied;
  } catch {
    getSelection()?.selectAllChildren(shown);
    return words.parts.selected(onMac() ? "⌘C" : `${words.shortcuts.keys.ctrl} C`);
  }
}
