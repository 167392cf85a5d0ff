import DOMPurify from "dompurify";

// Exactly what charts are made of. It is said once: to say it with each picture would cost as much as the picture.
DOMPurify.setConfig({
  ALLOWED_TAGS: ["svg", "g", "path", "circle", "text", "#text"],
  ALLOWED_ATTR: [
    ...["xmlns", "width", "height", "viewBox", "d", "x", "y", "dy", "cx", "cy", "r"],
    ...["fill", "opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "stroke-linecap", "paint-order"],
    ...["font-family", "font-size", "font-weight", "text-anchor"],
  ],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
});

/** A chart's picture as nodes that can do nothing but be looked at: no scripts, links, styles or outside references. */
export function chartNodes(svg: string): DocumentFragment {
  return DOMPurify.sanitize(svg, { RETURN_DOM_FRAGMENT: true });
}
