import { render, screen } from "@testing-library/svelte";
import { flushSync } from "svelte";
import { describe, expect, it, vi } from "vitest";
import App from "../../App.svelte";
import { createFake } from "$lib/backend/fake";
import { by, openWindow, settle } from "../../test/window";
import { AppState } from "./app.svelte";
import { OtherParts } from "./others.svelte";

type Others = Awaited<typeof import("$lib/rooms/others")>;

/** The parts of an app at an address, with what they are read by. */
function made(hash: string, read: () => Promise<Others>): { app: AppState; others: OtherParts; flush: () => Promise<void> } {
  location.hash = hash;
  const app = new AppState(createFake("active"));
  let others!: OtherParts;
  $effect.root(() => {
    others = new OtherParts(app, read);
  });
  const flush = async () => {
    flushSync();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { app, others, flush };
}

describe("what is not in the first picture", () => {
  it("leaves the position to be on screen first", async () => {
    render(App, { props: { backend: createFake("active") } });
    await vi.advanceTimersByTimeAsync(16);
    expect(by("available")).toBeVisible();
    expect(screen.queryByTestId("latest")).toBeNull();
    await settle();
    expect(by("latest")).toBeVisible();
  });

  it("is read once the position is on screen", async () => {
    const read = vi.fn(() => import("$lib/rooms/others"));
    const { app, others, flush } = made("#/overview", read);
    await app.load();
    await flush();
    expect(read).not.toHaveBeenCalled();
    app.painted = true;
    await flush();
    await vi.dynamicImportSettled();
    expect(read).toHaveBeenCalledOnce();
    expect(others.parts?.Ledger).toBeDefined();
  });

  it.each(["#/usage", "#/settings"])("is read at once at %s", async (hash) => {
    const read = vi.fn(() => import("$lib/rooms/others"));
    const { flush } = made(hash, read);
    await flush();
    expect(read).toHaveBeenCalledOnce();
  });

  it("is read at once for the palette", async () => {
    const read = vi.fn(() => import("$lib/rooms/others"));
    const { app, flush } = made("#/overview", read);
    await flush();
    expect(read).not.toHaveBeenCalled();
    app.overlay = "palette";
    await flush();
    expect(read).toHaveBeenCalledOnce();
  });

  it("says so when it cannot be read, and is read again when somebody tries again", async () => {
    const read = vi.fn(() => import("$lib/rooms/others")).mockRejectedValueOnce(new Error("gone"));
    const { app, others, flush } = made("#/usage", read);
    await flush();
    expect(app.error?.detail).toContain("gone");
    expect(others.parts).toBeNull();
    await app.load();
    await flush();
    await vi.dynamicImportSettled();
    expect(app.error).toBeNull();
    expect(others.parts?.Usage).toBeDefined();
  });

  it("is there in a room that the window begins in", async () => {
    await openWindow("active", "settings");
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Settings");
  });
});
