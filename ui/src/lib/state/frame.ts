/** Longer than one picture takes, and shorter than a person to do anything. */
const PICTURE = 50;

/**
 * Calls once what the document says now is on screen. The returned function calls it off.
 *
 * Not in the very next frame: where the page is drawn on the processor, that frame may begin before anything else that
 * waited for the picture comes to its turn.
 */
export function afterFrame(f: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const frame = requestAnimationFrame(() => (timer = setTimeout(f, PICTURE)));
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}
