import { screen } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import { by, openWindow, settle } from "../../test/window";

const places = () => [...document.querySelectorAll<HTMLElement>("[data-room]")].map(({ dataset }) => dataset["room"]);
const place = (room: string) => document.querySelector<HTMLElement>(`[data-room=${room}]`)!;
/** Long enough for every room to be made ready. */
const rest = () => vi.advanceTimersByTimeAsync(4_000);

describe("a room that was left", () => {
  it("stays as it was, out of reach of keys and screen readers", async () => {
    const { user } = await openWindow("active", "usage");
    const usage = by("room");
    usage.scrollTop = 120;
    await user.click(by("nav-ledger"));
    await settle();
    expect(by("room")).toHaveAttribute("data-room", "ledger");
    expect(usage).toHaveAttribute("aria-hidden", "true");
    expect(usage.inert).toBe(true);
    expect(screen.queryByRole("heading", { name: "Usage" })).toBeNull();
    await user.click(by("nav-usage"));
    await settle();
    expect(by("room")).toBe(usage);
    expect(usage).not.toHaveAttribute("aria-hidden");
    expect(usage.inert).toBe(false);
    expect(usage.scrollTop).toBe(120);
  });

  it("keeps what it was asked", async () => {
    const { user } = await openWindow("active", "usage?range=90d");
    await user.click(by("nav-overview"));
    await settle();
    expect(place("usage").querySelector<HTMLInputElement>("input[value='90d']")).toBeChecked();
  });

  it("asks for nothing, and makes up for what it missed when somebody comes back", async () => {
    const { user, backend } = await openWindow("active", "usage");
    const usage = vi.spyOn(backend, "usage");
    await user.click(by("nav-ledger"));
    await settle();
    backend.ledgerChanged();
    await settle();
    backend.ledgerChanged();
    await settle();
    expect(usage).not.toHaveBeenCalled();
    await user.click(by("nav-usage"));
    await settle();
    expect(usage).toHaveBeenCalledTimes(1);
  });

  it("is not read again when nothing has changed", async () => {
    const { user, backend } = await openWindow("active", "usage");
    const usage = vi.spyOn(backend, "usage");
    await user.click(by("nav-ledger"));
    await settle();
    await user.click(by("nav-usage"));
    await settle();
    expect(usage).not.toHaveBeenCalled();
  });

  it("follows how it is drawn, so that what comes back fits the window", async () => {
    const { user, backend } = await openWindow("active", "usage");
    const usage = vi.spyOn(backend, "usage");
    await user.click(by("nav-settings"));
    await settle();
    await user.selectOptions(by("locale"), "Deutsch");
    await settle();
    expect(usage).toHaveBeenCalledTimes(1);
  });

  it("is gone where another workspace is chosen", async () => {
    const { user } = await openWindow("active", "usage");
    await user.click(by("nav-overview"));
    await settle();
    expect(places()).toEqual(["usage", "overview"]);
    await user.click(by("switcher"));
    await user.keyboard("{ArrowDown}{Enter}");
    await settle();
    expect(places()).toEqual(["overview"]);
  });

  it("does not stay where one buys or sets up", async () => {
    const { user } = await openWindow("active", "topup");
    await user.click(by("nav-settings"));
    await settle();
    await user.click(by("nav-overview"));
    await settle();
    expect(places()).toEqual(["overview"]);
  });
});

it("says that it does not answer yet what it is asked", async () => {
  const { user, backend } = await openWindow("active", "usage");
  expect(by("room")).not.toHaveAttribute("aria-busy");
  const answer = backend.usage.bind(backend);
  let go = () => {};
  const gate = new Promise<void>((resolve) => (go = resolve));
  backend.usage = async (...asked) => gate.then(() => answer(...asked));
  await user.click(screen.getByRole("radio", { name: "90 d" }));
  await settle();
  expect(by("room")).toHaveAttribute("aria-busy", "true");
  go();
  await settle();
  expect(by("room")).not.toHaveAttribute("aria-busy");
});

it("makes rooms ready also while the ledger goes on", async () => {
  const { backend } = await openWindow("active");
  for (let second = 0; second < 8; second++) {
    backend.report({ entries: 5_000 + second });
    await vi.advanceTimersByTimeAsync(500);
  }
  expect(places()).toEqual(["overview", "usage", "ledger"]);
});

it("makes the rooms where people look ready once the first one has come to rest", async () => {
  const { backend } = await openWindow("active", "overview", (backend) => vi.spyOn(backend, "usage"));
  expect(places()).toEqual(["overview"]);
  await rest();
  expect(places()).toEqual(["overview", "usage", "ledger"]);
  expect(backend.usage).toHaveBeenCalledTimes(1);
  expect(place("usage").querySelector("[data-testid=usage-table] tbody tr")).not.toBeNull();
});
