import { screen, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import type { FakeBackend, Scenario } from "$lib/backend/fake";
import { by, openWindow, settle } from "../../../test/window";

const NAMES = { features: [{ id: "draft", name: "Drafts", group: "replies" }], members: ["ana"], channels: ["chat"], sources: ["helpdesk"] };

const open = async (scenario: Scenario = "active", prepare?: (backend: FakeBackend) => void) => {
  const opened = await openWindow(scenario, "overview", (backend) => {
    vi.spyOn(backend, "ledgerNames").mockResolvedValue(NAMES);
    prepare?.(backend);
  });
  await opened.user.keyboard("{Control>}k{/Control}");
  await settle();
  return opened;
};
const query = () => by("palette-query");
const options = () => within(by("palette")).queryAllByRole("option");
const labels = () => options().map((option) => option.querySelector("bdi")?.textContent);
const active = () => document.getElementById(query().getAttribute("aria-activedescendant") ?? "");

describe("the palette", () => {
  it("opens from the keyboard and from its field, takes the focus and gives it back", async () => {
    const { user } = await open();
    expect(query()).toHaveFocus();
    await user.keyboard("{Control>}k{/Control}");
    expect(screen.queryByTestId("palette")).toBeNull();
    await user.click(by("search"));
    await settle();
    expect(screen.getByRole("dialog", { name: "Search or jump to" })).toBeVisible();
    expect(query()).toHaveFocus();
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("palette")).toBeNull();
    expect(by("search")).toHaveFocus();
  });

  it("offers rooms, other workspaces, ranges, filters and actions, by group", async () => {
    await open();
    const groups = within(by("palette")).getAllByRole("group").map((group) => within(group).getAllByRole("option").length);
    expect(within(by("palette")).getAllByRole("group").map((group) => document.getElementById(group.getAttribute("aria-labelledby")!)?.textContent)).toEqual(["Go to", "Workspaces", "Usage", "Ledger", "Actions"]);
    expect(groups.slice(0, 4)).toEqual([5, 1, 6, 4]);
    expect(labels()).toEqual(expect.arrayContaining(["Overview", "Harbor Dental", "Usage, last 30 days", "Entries of Drafts", "Entries of ana", "Entries through chat", "Entries from helpdesk", "Buy credits", "Verify the ledger now", "Appearance: dark", "Keyboard shortcuts"]));
    expect(labels()).not.toContain("Northwind Support");
  });

  it("is worked with the arrow keys, round and round", async () => {
    const { user } = await open();
    expect(active()).toHaveTextContent("Overview");
    expect(active()).toHaveAttribute("aria-selected", "true");
    await user.keyboard("{ArrowDown}");
    expect(active()).toHaveTextContent("Usage");
    await user.keyboard("{ArrowUp}{ArrowUp}");
    expect(active()).toBe(options().at(-1));
    await user.keyboard("{ArrowDown}{PageDown}");
    expect(active()).toBe(options()[8]);
    await user.keyboard("{PageUp}");
    expect(active()).toBe(options()[0]);
  });

  it("goes to what was chosen, and the letters that were found stand out", async () => {
    const { user } = await open();
    await user.keyboard("us30");
    expect(labels()[0]).toBe("Usage, last 30 days");
    expect([...options()[0]!.querySelectorAll("mark")].map((mark) => mark.textContent)).toEqual(["Us", "30"]);
    await user.keyboard("{Enter}");
    await settle();
    expect(location.hash).toBe("#/usage?range=30d");
    expect(screen.queryByTestId("palette")).toBeNull();
  });

  it("offers first what was chosen lately", async () => {
    const { user } = await open();
    await user.keyboard("drafts{Enter}");
    await settle();
    expect(location.hash).toBe("#/ledger?feature=draft");
    await user.keyboard("{Control>}k{/Control}");
    await settle();
    expect(labels()[0]).toBe("Entries of Drafts");
    expect(labels().filter((label) => label === "Entries of Drafts")).toHaveLength(1);
    expect(within(by("palette")).getByText("Recent")).toBeVisible();
  });

  it.each([
    ["8,121", "Go to entry 8,121", "#/ledger?entry=8121"],
    ["8121", "Go to entry 8,121", "#/ledger?entry=8121"],
    ["#48", "Entries with reference #48…", "#/ledger?reference=%2348"],
  ])("goes to what %s names", async (typed, label, hash) => {
    const { user } = await open();
    await user.keyboard(typed);
    expect(labels()[0]).toBe(label);
    await user.keyboard("{Enter}");
    await settle();
    expect(location.hash).toBe(hash);
  });

  it("offers no entry that there is not", async () => {
    const { user } = await open();
    await user.keyboard("9001");
    expect(labels()).toEqual(["Entries with reference #9001…"]);
  });

  it("offers only some of many before anything is typed", async () => {
    const { user } = await open("active", (backend) => {
      vi.spyOn(backend, "ledgerNames").mockResolvedValue({ ...NAMES, members: Array.from({ length: 200 }, (_, i) => `member ${i}`) });
    });
    expect(labels().filter((label) => label?.startsWith("Entries"))).toHaveLength(9);
    await user.keyboard("member 150");
    expect(labels()[0]).toBe("Entries of member 150");
  });

  it("says when nothing fits", async () => {
    const { user } = await open();
    await user.keyboard("qqqq");
    expect(options()).toHaveLength(0);
    expect(by("palette")).toHaveTextContent("Nothing fits “qqqq”.");
    await user.keyboard("{Enter}");
    expect(by("palette")).toBeVisible();
  });

  it("does: appearance, locale, workspace, verifying, exporting", async () => {
    const { user, backend } = await open();
    const save = vi.spyOn(backend, "saveSettings");
    const choose = async (typed: string) => {
      if (!screen.queryByTestId("palette")) await user.keyboard("{Control>}k{/Control}");
      await user.keyboard(`${typed}{Enter}`);
      await settle();
    };
    await choose("appearance dark");
    expect(save).toHaveBeenLastCalledWith(expect.objectContaining({ appearance: "dark" }));
    expect(by("said")).toHaveTextContent("Dark appearance");
    await choose("deutsch");
    expect(save).toHaveBeenLastCalledWith(expect.objectContaining({ locale: "de-DE", appearance: "dark" }));
    expect(by("available")).toHaveTextContent("6.778");
    await choose("export");
    expect(location.hash).toBe("#/settings");
    expect(screen.getByRole("heading", { name: "Export" })).toHaveFocus();
    await choose("verify");
    expect(within(by("verify")).getByRole("progressbar")).toBeVisible();
    await vi.advanceTimersByTimeAsync(1_500);
    await choose("harbor");
    expect(by("switcher")).toHaveTextContent("Harbor Dental");
    await choose("shortcuts");
    expect(by("shortcuts")).toBeVisible();
  });

  it("pauses reading and goes on", async () => {
    const { user, backend } = await open("catching_up");
    const pause = vi.spyOn(backend, "pauseSync");
    await user.keyboard("pause{Enter}");
    await settle();
    expect(pause).toHaveBeenLastCalledWith("sample/northwind", true);
    await user.keyboard("{Control>}k{/Control}go on{Enter}");
    await settle();
    expect(pause).toHaveBeenLastCalledWith("sample/northwind", false);
  });

  it("offers what there is without a workspace, or when the names can not be read", async () => {
    await open("none");
    expect(labels()).toContain("Connect a workspace…");
    expect(labels().join()).not.toMatch(/Usage, last|Entries|Verify|Buy/);
  });

  it("opens though the names of the ledger can not be read", async () => {
    await open("active", (backend) => vi.spyOn(backend, "ledgerNames").mockRejectedValue({ code: "x", message: "m", advice: "a", detail: null }));
    expect(labels()).toContain("Usage, last 30 days");
    expect(labels().join()).not.toContain("Entries of");
  });
});
