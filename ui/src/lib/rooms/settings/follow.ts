import { tick } from "svelte";

/** Something that can take the focus, if it is there now. */
type Focusable = () => { focus(): void } | undefined;

/** Keeps the focus at work that was begun with a button: on what stands in its place, and on the button again when nothing else took it. */
export async function followWork(work: Promise<void>, bar: Focusable, button: Focusable): Promise<void> {
  await tick();
  bar()?.focus();
  await work;
  await tick();
  if (document.activeElement === document.body) button()?.focus();
}
