/** Copies a text. Where the clipboard is not allowed, the place that shows it is selected instead. Says what was done. */
export async function copy(text: string, shown: Node): Promise<string> {
  try {
    await navigator.clipboard.writeText(text);
    return "Copied";
  } catch {
    getSelection()?.selectAllChildren(shown);
    return "Selected: press Ctrl C";
  }
}
