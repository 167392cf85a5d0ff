/** A token, and what is shown of it. */
export type Token = { name: string; kind: Kind };
export type Kind = "colour" | "text" | "space" | "radius" | "motion" | "other";

/** The tokens that a style sheet defines for every window, in its order. */
export function tokensIn(css: string): Token[] {
  const root = /:root\s*\{([\s\S]*?)\n\}/.exec(css)?.[1] ?? "";
  return [...root.matchAll(/^\s*(--[\w-]+):\s*([^;]+);/gm)].map(([, name = "", value = ""]) => ({ name, kind: kindOf(name, value) }));
}

function kindOf(name: string, value: string): Kind {
  if (name.startsWith("--text-")) return "text";
  if (name.startsWith("--space-")) return "space";
  if (name.startsWith("--radius-")) return "radius";
  if (/^\d+ms$/.test(value)) return "motion";
  return /^(?:light-dark|oklch)\(/.test(value) ? "colour" : "other";
}
