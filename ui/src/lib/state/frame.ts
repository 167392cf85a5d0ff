/** Calls once what the document says now is on screen, or is about to be; the returned function calls it off. */
export function afterFrame(f: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const frame = requestAnimationFrame(() => (timer = setTimeout(f)));
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}
