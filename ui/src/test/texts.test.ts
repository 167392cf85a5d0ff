import { parse } from "svelte/compiler";
import { describe, expect, it } from "vitest";

const sources = import.meta.glob<string>("../**/*.svelte", { query: "?raw", import: "default", eager: true });

/** Whose texts have not been moved yet. */
const LATER: readonly string[] = [];

/** Attributes that people read or hear, of elements and of the parts that hand them on. */
const READ = new Set([
  "title", "aria-label", "aria-valuetext", "aria-description", "aria-roledescription", "placeholder", "alt", "label", "legend", "heading", "description", "empty", "text", "body", "name", "caption", "hint",
]);
/** The same everywhere: kinds of what is typed, not names that are read. */
const NAMES_A_CONTROL = new Set(["Segmented", "input", "Icon", "Shown"]);

type Node = { type: string; [key: string]: unknown };
const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && typeof (value as Node).type === "string";

/** A word of some language: two letters at least, so that signs and the keys on caps are none. Escapes of signs are none either. */
const hasWord = (text: string) => /\p{L}{2,}/u.test(text.replace(/&\w+;/g, ""));

/** The words that stand in a template as such, or in what is put into it. */
export function wordsIn(source: string): string[] {
  const found: string[] = [];
  const { fragment, instance } = parse(source, { modern: true }) as unknown as { fragment: Node; instance: { content: Node } | null };

  /** What an expression may come to: its literals, but for those that are compared with or that choose something. */
  const comesTo = (node: unknown): void => {
    if (!isNode(node)) return;
    switch (node.type) {
      case "Literal":
        if (typeof node["value"] === "string" && hasWord(node["value"])) found.push(node["value"]);
        return;
      case "TemplateLiteral":
        for (const quasi of node["quasis"] as { value: { cooked: string } }[]) if (hasWord(quasi.value.cooked)) found.push(quasi.value.cooked);
        (node["expressions"] as unknown[]).forEach(comesTo);
        return;
      case "ConditionalExpression":
        comesTo(node["consequent"]);
        comesTo(node["alternate"]);
        return;
      case "LogicalExpression":
        comesTo(node["left"]);
        comesTo(node["right"]);
        return;
      case "BinaryExpression":
        if (node["operator"] !== "+") return;
        comesTo(node["left"]);
        comesTo(node["right"]);
    }
  };

  const visit = (node: Node, owner: string): void => {
    const name = String(node["name"] ?? "");
    if (node.type === "Text" && hasWord(String(node["data"]))) found.push(String(node["data"]).trim());
    else if (node.type === "ExpressionTag") comesTo(node["expression"]);
    else if (node.type === "Attribute" && READ.has(name) && !(name === "name" && NAMES_A_CONTROL.has(owner))) {
      for (const value of [node["value"]].flat()) if (isNode(value)) visit(value, owner);
    }
    if (["Text", "Attribute", "ExpressionTag", "Comment"].includes(node.type) || node.type.endsWith("Directive")) return;
    const own = ["Component", "RegularElement"].includes(node.type) ? name : owner;
    for (const [key, value] of Object.entries(node)) if (key !== "expression") for (const child of [value].flat()) if (isNode(child)) visit(child, own);
  };
  visit(fragment, "");
  if (instance) for (const sentence of sentencesIn(instance.content)) found.push(sentence);
  return found;
}

/** Keys as browsers call them. */
const KEYS = /^(?:Enter|Escape|Tab|Home|End|Backspace|Delete|Shift|Control|Alt|Meta)$/;

/** What begins like a sentence or a name in a script. */
function sentencesIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(sentencesIn);
  if (typeof node !== "object" || node === null) return [];
  const { type, value } = node as Node;
  const own = type === "Literal" && typeof value === "string" && /^\p{Lu}\p{Ll}+(?:\s|[.,:…]|$)/u.test(value) && !KEYS.test(value) ? [value] : [];
  return [...own, ...Object.entries(node).flatMap(([key, child]) => (key === "source" ? [] : sentencesIn(child)))];
}

const isLater = (path: string) => LATER.some((part) => path.includes(part));
const now = Object.entries(sources).filter(([path]) => !isLater(path));

describe("no component has words of its own: they stand in lib/text", () => {
  it.each(now)("%s", (_path, source) => expect(wordsIn(source)).toEqual([]));

  it("reads every component", () => expect(Object.keys(sources).length).toBeGreaterThan(40));

  it("knows no part as one whose words are still to be moved when they are", () => {
    expect(LATER.filter((part) => Object.entries(sources).every(([path, source]) => !path.includes(part) || wordsIn(source).length === 0))).toEqual([]);
  });
});

describe("words are found", () => {
  it.each([
    ["<p>Hello</p>", "Hello"],
    ['<p title="What it is">{x}</p>', "What it is"],
    ['<input placeholder="Find" />', "Find"],
    ['<button aria-label="Stop: {x}">{y}</button>', "Stop:"],
    ['<Notice title="Careful" />', "Careful"],
    ['<p>{busy ? "Working" : done}</p>', "Working"],
    ["<p>{`${n} entries`}</p>", "entries"],
    ['{#if a}<b>{"Yes" + b}</b>{/if}', "Yes"],
    ['{#each list as one}<i>none</i>{:else}{one}{/each}', "none"],
    ['<script>const TITLE = "Not yet";</script>{TITLE}', "Not yet"],
    ["{#snippet line()}<p>more</p>{/snippet}", "more"],
  ])("in %s", (source, word) => expect(wordsIn(source).join(" ")).toContain(word));

  it.each([
    '<p class="quiet words" data-state="live" id="list">{x} · {y} % – <kbd>K</kbd>&nbsp;†</p>',
    '<p class={busy ? "working" : "idle"}>{kind === "usage" ? x : y}</p>',
    '<Segmented name="format" legend={words.format} />',
    '<script>import X from "./Some.svelte"; const a = "overview";</script><!-- A remark -->',
    '<script>if (event.key === "Enter") go();</script><p style:left="{x}px" class:wide={y === "wide"}></p>',
    "<style>p { color: red }</style>",
  ])("but not in %s", (source) => expect(wordsIn(source)).toEqual([]));
});
