import { describe, expect, it } from "vitest";
import { match, pieces, rank } from "./match";

const found = (query: string, label: string) => {
  const m = match(query, label);
  return m && pieces(label, m.at).map(({ text, found: f }) => (f ? `[${text}]` : text)).join("");
};
const order = (query: string, ...labels: string[]) => rank(query, labels.map((label) => ({ label }))).map(({ label }) => label);

describe("a query is found in a label", () => {
  it.each([
    ["usage", "Usage, last 30 days", "[Usage], last 30 days"],
    ["ul3", "Usage, last 30 days", "[U]sage, [l]ast [3]0 days"],
    ["usg", "Usage", "[Us]a[g]e"],
    ["days 30", "Usage, last 30 days", "Usage, last [30] [days]"],
    ["draft", "Entries of Drafts", "Entries of [Draft]s"],
    ["entries draft", "Entries of Drafts", "[Entries] of [Draft]s"],
    ["ledger", "Export the ledger…", "Export the [ledger]…"],
    ["cafe", "Café Zürich", "[Café] Zürich"],
    ["zü", "Cafe Zurich", "Cafe [Zu]rich"],
    ["#48", "Entries with reference #48…", "Entries with reference [#48]…"],
    ["nor", "Harbor North", "Harbor [Nor]th"],
    ["שלום", "מרפאת שלום", "מרפאת [שלום]"],
    ["😀", "A 😀 face", "A [😀] face"],
  ])("%s in %s", (query, label, marked) => expect(found(query, label)).toBe(marked));

  it.each([
    ["x", "Usage"],
    ["sag", "Overview"],
    ["entry", "Conversation settings of a harbor city"],
    ["usage settings", "Usage"],
    ["egasu", "Usage"],
    ["dra", "reload retry update"],
  ])("%s not in %s", (query, label) => expect(match(query, label)).toBeNull());

  it("whatever it is when nothing is asked", () => expect(match("  ", "Usage")?.at).toEqual([]));

  it("at the best of several places", () => expect(found("set", "Basset settings")).toBe("Basset [set]tings"));
});

describe("those that fit", () => {
  it("come with the best first", () => {
    expect(order("us", "Focus", "Usage, last 30 days", "Usage", "Bus users")).toEqual(["Usage", "Usage, last 30 days", "Bus users", "Focus"]);
    expect(order("set", "Show the ledger's entries", "Basset", "Settings")[0]).toBe("Settings");
  });
  it("keep their order when they fit alike", () => expect(order("a", "a1", "a2", "a3")).toEqual(["a1", "a2", "a3"]));
  it("are found by other words for the same, after those that have them in their name", () => {
    const items = [{ label: "Appearance: dark", also: "theme colours" }, { label: "Theme Park" }];
    expect(rank("theme", items).map(({ label, at }) => [label, at.length])).toEqual([["Theme Park", 5], ["Appearance: dark", 0]]);
    expect(rank("dark theme", items).map(({ label }) => label)).toEqual(["Appearance: dark"]);
  });
});
