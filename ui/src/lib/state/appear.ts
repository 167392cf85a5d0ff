/** A room that opens has its parts within this many frames, or has none now. */
const FRAMES = 60;

/** Calls with an element once the room that opens has it; it is not waited for long. */
export function whenThere(id: string, f: (element: HTMLElement) => void, frames = FRAMES): void {
  const element = document.getElementById(id);
  if (element) f(element);
  else if (frames > 0) requestAnimationFrame(() => whenThere(id, f, frames - 1));
}
