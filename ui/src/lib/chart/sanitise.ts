import DOMPurify from "dompurify";

/** A chart's picture as nodes that can do nothing but be looked at: no scripts, links, styles or outside references. */
export function chartNodes(svg: string): DocumentFragment {
  return DOMPurify.sanitize(svg, {
    USE_PROFILES: { svg: true },
    FORBID_TAGS: ["style", "image", "a", "use"],
    FORBID_ATTR: ["style", "href", "xlink:href", "class"],
    RETURN_DOM_FRAGMENT: true,
  });
}
