import { screen, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import { by, openWindow, settle } from "../../test/window";

describe("rooms", () => {
  it("are those that exist, and nothing else", async () => {
    await openWindow();
    expect(screen.getAllByRole("link").map((link) => link.textContent)).toEqual(["Overview", "Usage", "Top up", "Settings"]);
  });

  it.each([
    ["2", "usage"],
    ["3", "topup"],
    ["4", "settings"],
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
    expect(save).toHaveBeenCalledWith({ appearance: "system", workspace: "sample/harbor" });
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

  it("says what to do when there is no workspace", async () => {
    const { user } = await openWindow("none");
    await user.click(screen.getByRole("button", { name: "Connect to your provider" }));
    expect(by("room")).toHaveAttribute("data-room", "settings");
  });
});

describe("the sync line", () => {
  it("says how fresh the numbers are, and counts", async () => {
    await openWindow();
    expect(by("sync")).toHaveTextContent("Up to date · 12 s ago");
    await vi.advanceTimersByTimeAsync(60_000);
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
