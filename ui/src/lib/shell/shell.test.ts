import { screen, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import { by, openWindow, settle } from "../../test/window";

describe("rooms", () => {
  it("are those that exist, and nothing else", async () => {
    await openWindow();
    expect(within(screen.getByRole("navigation", { name: "Rooms" })).getAllByRole("link").map((link) => link.textContent)).toEqual(["Overview", "Usage", "Ledger", "Top up", "Settings"]);
  });

  it.each([
    ["2", "usage"],
    ["3", "ledger"],
    ["4", "topup"],
    ["5", "settings"],
    ["1", "overview"],
  ])("open with Ctrl %s", async (key, room) => {
    const { user } = await openWindow("active", room === "overview" ? "settings" : "overview");
    await user.keyboard(`{Control>}${key}{/Control}`);
    await settle();
    expect(by("room")).toHaveAttribute("data-room", room);
    expect(by(`nav-${room}`)).toHaveAttribute("aria-current", "page");
  });
});

it("puts the focus into a room that is opened from what goes away", async () => {
  const { user } = await openWindow("paused");
  await user.click(screen.getByRole("button", { name: "See Boost Packs" }));
  await settle();
  expect(by("room")).toHaveFocus();
});

describe("where one is", () => {
  it("is in the window's name, and is told when a room opens", async () => {
    const { user } = await openWindow("active", "usage");
    expect(document.title).toBe("Usage – Northwind Support – Creditdeck");
    expect(by("place")).toHaveTextContent(/^$/);
    await user.click(by("nav-topup"));
    await settle();
    expect(document.title).toBe("Top up – Northwind Support – Creditdeck");
    expect(by("place")).toHaveTextContent("Top up");
    await user.click(by("nav-usage"));
    await settle();
    expect(by("place")).toHaveTextContent("Usage");
  });

  it("is reached past the sidebar with the first key", async () => {
    const { user } = await openWindow();
    (document.activeElement as HTMLElement).blur();
    await user.tab();
    expect(screen.getByRole("button", { name: "Skip to the room" })).toHaveFocus();
    await user.keyboard("{Enter}");
    expect(by("room")).toHaveFocus();
  });
});

describe("the switcher", () => {
  it("chooses with the keyboard, and the choice is remembered", async () => {
    const { user, backend } = await openWindow();
    const save = vi.spyOn(backend, "saveSettings");
    by("switcher").focus();
    await user.keyboard("{Enter}");
    await settle();
    expect(screen.getByRole("listbox")).toHaveFocus();
    expect(screen.getAllByRole("option")[0]).toHaveAttribute("aria-selected", "true");
    await user.keyboard("{ArrowDown}");
    expect(screen.getByRole("listbox")).toHaveAttribute("aria-activedescendant", "workspace-1");
    await user.keyboard("{Enter}");
    await settle();
    expect(screen.queryByRole("listbox")).toBeNull();
    expect(by("switcher")).toHaveFocus();
    expect(by("switcher")).toHaveTextContent("Harbor Dental");
    expect(save).toHaveBeenCalledWith({ appearance: "system", locale: null, localTime: false, workspace: "sample/harbor" });
  });

  it("finds by the first letters and closes with Escape", async () => {
    const { user } = await openWindow();
    await user.click(by("switcher"));
    await user.keyboard("h");
    expect(screen.getByRole("listbox")).toHaveAttribute("aria-activedescendant", "workspace-1");
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("listbox")).toBeNull();
    expect(by("switcher")).toHaveTextContent("Northwind Support");
  });

  it("finds among many by a field, and says when none is found", async () => {
    const { user, backend } = await openWindow("active", "overview", (b) => {
      const named = (i: number) => ({ key: `sample/${i}`, id: `${i}`, name: `Workspace ${i} of forty`, provider: "VersanaCX", plan: "Growth", known: true, timeZone: "UTC", sample: true, role: "owner", currency: "USD", topUpWord: "Boost Packs" });
      vi.spyOn(b, "workspaces").mockResolvedValue(Array.from({ length: 40 }, (_, i) => named(i)));
    });
    const save = vi.spyOn(backend, "saveSettings");
    await user.click(by("switcher"));
    await settle();
    const field = screen.getByRole("combobox", { name: "Find a workspace" });
    expect(field).toHaveFocus();
    expect(screen.getAllByRole("option")).toHaveLength(40);
    await user.keyboard("{ArrowDown}{ArrowDown}37");
    expect(screen.getAllByRole("option")).toHaveLength(1);
    expect(field).toHaveAttribute("aria-activedescendant", "workspace-0");
    await user.keyboard("xyz");
    expect(screen.getByText("No workspace has this name.")).toBeVisible();
    await user.keyboard("{Backspace}{Backspace}{Backspace}{Enter}");
    await settle();
    expect(save).toHaveBeenCalledWith(expect.objectContaining({ workspace: "sample/37" }));
    expect(by("switcher")).toHaveFocus();
  });

  it("forgets what a room was asked of the other workspace, and keeps what means the same in both", async () => {
    const { user } = await openWindow("active", "usage");
    location.hash = "#/usage?range=90d&of=member&name=ana";
    await settle();
    location.hash = "#/ledger?member=ana";
    await settle();
    await user.click(by("switcher"));
    await user.keyboard("{ArrowDown}{Enter}");
    await settle();
    expect(location.hash).toBe("#/ledger");
    expect(by("nav-usage")).toHaveAttribute("href", "#/usage?range=90d");
  });

  it("says what to do when there is no workspace", async () => {
    const { user } = await openWindow("none");
    await user.click(screen.getByRole("button", { name: "Connect to your provider" }));
    await settle();
    expect(by("room")).toHaveAttribute("data-room", "settings");
    expect(screen.getByRole("heading", { name: "Connect to your provider" })).toHaveFocus();
    expect(location.hash).toBe("#/settings");
  });
});

describe("the sync line", () => {
  it("says how fresh the numbers are, and counts", async () => {
    await openWindow();
    expect(by("sync")).toHaveTextContent(/^Up to date$|^Up to date\s*Verified/);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(by("sync")).toHaveTextContent("Up to date · 1 min ago");
  });

  it("shows how far history has been fetched", async () => {
    await openWindow("catching_up");
    expect(by("sync")).toHaveTextContent("Catching up · 12 %");
    expect(screen.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "12");
    expect(screen.getByRole("progressbar")).toHaveAttribute("aria-valuetext", "12 %, 12,000 of 100,000");
    expect(screen.getByText("about 4 seconds left")).toBeVisible();
    // What is here already can be looked at meanwhile.
    expect(by("available")).toBeVisible();
  });

  it("says how old the data is when offline, and why", async () => {
    const { user } = await openWindow("offline");
    expect(by("sync")).toHaveTextContent("Offline · data from Tue 14:03");
    expect(by("age")).toHaveTextContent("Data from");
    await user.click(by("sync"));
    expect(screen.getByText(/does not answer/)).toBeVisible();
    await user.keyboard("{Escape}");
    expect(screen.queryByText(/does not answer/)).toBeNull();
  });

  it("says what was found right, when, and what that means", async () => {
    const { user } = await openWindow();
    expect(by("verified")).toHaveTextContent(/^Verified$/);
    await user.click(by("sync"));
    expect(by("sync-panel")).toHaveTextContent("Verified, 9,000 entries · 14:02:11");
    expect(by("sync-panel")).toHaveTextContent("Every entry follows from the one before it and from the metering rules, and the balance is the service's.");
    expect(within(by("sync-panel")).getByText("14:02:11")).toHaveAttribute("title", expect.stringContaining("Sunday 22 November 2026, 14:02:11 UTC"));
  });

  it("says how far what was found right reaches once entries came", async () => {
    const { backend } = await openWindow();
    backend.report({ entries: 9_002 });
    await settle();
    expect(by("verified")).toHaveTextContent("Verified up to entry 9,000");
  });

  it("claims nothing before the first comparison, nor when it does not follow the service", async () => {
    const { backend } = await openWindow();
    backend.report({ verified: null });
    await settle();
    expect(screen.queryByTestId("verified")).toBeNull();
    backend.report({ state: "connecting" });
    await settle();
    expect(screen.queryByTestId("verified")).toBeNull();
  });

  it("pauses and goes on, and the button keeps the focus", async () => {
    const { backend, user } = await openWindow("catching_up");
    const pause = vi.spyOn(backend, "pauseSync");
    await user.click(by("sync"));
    expect(by("sync-panel")).toHaveTextContent("12,000 of 100,000 entries");
    expect(by("sync-panel")).toHaveTextContent("22,000 a second");
    await user.tab();
    expect(by("sync-action")).toHaveFocus();
    await user.keyboard("{Enter}");
    await settle();
    expect(pause).toHaveBeenLastCalledWith("sample/northwind", true);
    expect(by("sync")).toHaveTextContent("Paused · 12 %");
    expect(by("sync-action")).toHaveFocus();
    expect(by("sync-action")).toHaveTextContent("Go on");
    await user.keyboard("{Enter}");
    await settle();
    expect(pause).toHaveBeenLastCalledWith("sample/northwind", false);
    expect(by("sync")).toHaveTextContent("Catching up");
  });

  it("gets the focus back when what could be done is done", async () => {
    const { user } = await openWindow("offline");
    await user.click(by("sync"));
    await user.click(screen.getByRole("button", { name: "Try now" }));
    expect(by("sync")).toHaveTextContent("Connecting…");
    expect(by("sync")).toHaveFocus();
    await vi.advanceTimersByTimeAsync(500);
    expect(by("sync")).toHaveTextContent("Offline");
    expect(screen.getByRole("button", { name: "Try now" })).toBeVisible();
  });

  it("says why it could not pause", async () => {
    const { backend, user } = await openWindow("catching_up");
    vi.spyOn(backend, "pauseSync").mockRejectedValue({ code: "not_synced", message: "Nothing follows it.", advice: "Wait.", detail: null });
    await user.click(by("sync"));
    await user.click(by("sync-action"));
    expect(by("sync-action-error")).toHaveTextContent("Nothing follows it.");
  });

  it("closes when the focus goes elsewhere", async () => {
    const { user } = await openWindow("catching_up");
    await user.click(by("sync"));
    await user.tab();
    await user.tab();
    expect(screen.queryByTestId("sync-panel")).toBeNull();
  });

  it("says when history is broken", async () => {
    await openWindow("broken");
    expect(by("sync")).toHaveTextContent("Broken history");
    expect(by("sync")).toHaveAttribute("data-state", "broken");
  });

  it("follows the service, for its own workspace only", async () => {
    const { backend } = await openWindow();
    backend.report({ state: "offline" });
    await settle();
    expect(by("sync")).toHaveAttribute("data-state", "offline");
    backend.report({ workspace: "sample/harbor", state: "broken" });
    await settle();
    expect(by("sync")).toHaveAttribute("data-state", "offline");
  });
});
