import { screen, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import { by, openWindow, settle } from "../../test/window";

const panel = () => by("first-sync");

describe("a workspace that is read for the first time", () => {
  it("says what happens, how far it is, how fast it goes and how long it takes", async () => {
    await openWindow("first_sync");
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Reading this workspace's history");
    expect(panel()).toHaveTextContent("34 %");
    expect(panel()).toHaveTextContent("3,412,000 of 10,000,000 entries");
    expect(panel()).toHaveTextContent("412,000 a second");
    expect(panel()).toHaveTextContent("about 16 seconds left");
    expect(panel()).toHaveTextContent("Each entry's hash and price is checked as it comes.");
    expect(within(panel()).getByRole("progressbar")).toHaveAttribute("aria-valuenow", "34");
    expect(by("sync")).toHaveTextContent("Reading · 34 %");
    expect(by("switcher")).toHaveTextContent("VersanaCX");
    expect(by("switcher")).not.toHaveTextContent("No plan");
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("comes on, and gives way to the room with the focus in it once everything is there", async () => {
    await openWindow("first_sync");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(panel()).toHaveTextContent("3,824,000 of 10,000,000 entries");
    within(panel()).getByRole("button", { name: "Pause" }).focus();
    await vi.advanceTimersByTimeAsync(16_000);
    await settle();
    expect(screen.queryByTestId("first-sync")).toBeNull();
    expect(by("available")).toHaveTextContent("6,778");
    expect(by("room")).toHaveFocus();
  });

  it("pauses and goes on", async () => {
    const { user, backend } = await openWindow("first_sync");
    await user.click(within(panel()).getByRole("button", { name: "Pause" }));
    await settle();
    expect(panel()).toHaveAttribute("data-state", "paused");
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Reading this workspace's history is paused");
    expect(panel()).not.toHaveTextContent("left");
    expect(panel()).not.toHaveTextContent("a second");
    const before = panel().textContent;
    await vi.advanceTimersByTimeAsync(3_000);
    expect(panel().textContent).toBe(before);
    await user.click(within(panel()).getByRole("button", { name: "Go on" }));
    await settle();
    expect(panel()).toHaveAttribute("data-state", "catching_up");
    expect(backend.calls["pauseSync"]).toBe(2);
  });

  it("is paused at the start if it was", async () => {
    await openWindow("first_sync_paused");
    expect(panel()).toHaveTextContent("34 %");
    expect(within(panel()).getByRole("button", { name: "Go on" })).toBeVisible();
  });

  it("says no number before there is one", async () => {
    const { backend } = await openWindow("first_sync");
    backend.report({ state: "catching_up", asOf: null, verified: null, progress: null });
    await settle();
    expect(by("reading")).toHaveTextContent(/^–$/);
    expect(within(panel()).getByRole("progressbar")).not.toHaveAttribute("aria-valuenow");
  });

  it("changes its numbers no faster than they can be read, and its state at once", async () => {
    const { backend } = await openWindow("first_sync");
    const came = (done: number) => backend.report({ state: "catching_up", asOf: null, verified: null, progress: { done, of: 1_000, perSecond: 100, leftMs: 9_000 } });
    came(1);
    await vi.advanceTimersByTimeAsync(0);
    for (let done = 2; done <= 20; done++) {
      came(done);
      await vi.advanceTimersByTimeAsync(5);
    }
    expect(by("reading")).toHaveTextContent("1 of 1,000 entries");
    await vi.advanceTimersByTimeAsync(110);
    expect(by("reading")).toHaveTextContent("20 of 1,000 entries");
    came(21);
    backend.report({ state: "paused", asOf: null, verified: null, progress: { done: 21, of: 1_000, perSecond: null, leftMs: null } });
    await vi.advanceTimersByTimeAsync(0);
    expect(panel()).toHaveAttribute("data-state", "paused");
    await settle();
    expect(panel()).toHaveAttribute("data-state", "paused");
  });

  it("leaves the settings as they are", async () => {
    await openWindow("first_sync", "settings");
    expect(screen.queryByTestId("first-sync")).toBeNull();
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Settings");
  });

  it("is not spoken of when it is over in no time", async () => {
    const { backend } = await openWindow();
    backend.report({ state: "catching_up", asOf: null, verified: null, progress: { done: 1, of: 2, perSecond: null, leftMs: null } });
    await vi.advanceTimersByTimeAsync(100);
    expect(screen.queryByTestId("first-sync")).toBeNull();
    backend.report({});
    await settle();
    expect(screen.queryByTestId("first-sync")).toBeNull();
  });

  it("leaves the problem to the room when the service goes away on the way", async () => {
    const { backend } = await openWindow("first_sync");
    backend.report({ state: "offline", asOf: null, verified: null, error: { code: "unreachable", message: "No answer.", advice: "Wait.", detail: null } });
    await settle();
    expect(screen.queryByTestId("first-sync")).toBeNull();
    expect(screen.getByRole("alert")).toHaveTextContent("No answer.");
  });
});
