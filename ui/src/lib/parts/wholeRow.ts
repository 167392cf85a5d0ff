/**
 * Makes a whole row of a table lead where its link leads, for those who point: a link that was stretched over its row would
 * lie over the whole room, because a row of a table holds nothing that is placed absolutely. The keyboard has the link.
 */
export function wholeRow(row: HTMLElement): () => void {
  const follow = (event: MouseEvent) => {
    const target = event.target as Element;
    if (target.closest("a, button") || getSelection()?.isCollapsed === false) return;
    row.querySelector("a")?.click();
  };
  row.addEventListener("click", follow);
  return () => row.removeEventListener("click", follow);
}
