import { chartNodes } from "./sanitise";

/** Makes an element show a picture. What it shows already stays: texts above all take long to lay out. */
export function showPicture(host: Element, svg: string): void {
  become(host, chartNodes(svg));
}

/** Gives `place` the children of `wanted`, one after the other, but keeps those that are the same. */
function become(place: Node, wanted: Node): void {
  const there = [...place.childNodes];
  const nodes = [...wanted.childNodes];
  nodes.forEach((node, i) => {
    const old = there[i];
    if (!old) place.appendChild(node);
    else if (old.isEqualNode(node)) return;
    else if (node.hasChildNodes() && old.cloneNode().isEqualNode(node.cloneNode())) become(old, node);
    else place.replaceChild(node, old);
  });
  there.slice(nodes.length).forEach((old) => place.removeChild(old));
}
