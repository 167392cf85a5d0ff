/** Calls once what the document says now is on screen: a frame later. The returned function calls it off. */
export function afterFrame(f: () => void): () => void {
  let frame = requestAnimationFrame(() => (frame = requestAnimationFrame(f)));
  return () => cancelAnimationFrame(frame);
}
