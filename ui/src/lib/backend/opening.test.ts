import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createFake } from "./fake";
import { FirstAnswers } from "./opening";
import { tauriBackend } from "./tauri";
import type { Opening } from "./types";

async function opening(): Promise<Opening> {
  const fake = createFake("active");
  const [settings, workspaces] = await Promise.all([fake.settings(), fake.workspaces()]);
  const { key } = workspaces[0]!;
  const [sync, overview] = await Promise.all([fake.syncStatus(key), fake.overview(key)]);
  return { settings, workspaces, sync, overview };
}

afterEach(() => {
  clearMocks();
  delete window.creditdeckOpening;
});

describe("the first answers", () => {
  it("are each good once, and for the workspace that they are of", async () => {
    const given = await opening();
    const first = new FirstAnswers(given);
    const key = given.sync!.workspace;
    expect(first.overview("another")).toBeUndefined();
    expect(first.overview(key)).toBe(given.overview);
    expect(first.overview(key)).toBeUndefined();
    expect(first.settings()).toBe(given.settings);
    expect(first.settings()).toBeUndefined();
  });

  it("are done without where they do not come, come too late, or could not be given", async () => {
    expect((await FirstAnswers.arrive()).settings()).toBeUndefined();
    window.creditdeckOpening = Promise.reject(new Error("no cache"));
    expect((await FirstAnswers.arrive()).settings()).toBeUndefined();
    window.creditdeckOpening = new Promise(() => undefined);
    const late = FirstAnswers.arrive();
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await late).settings()).toBeUndefined();
  });
});

describe("the shell", () => {
  it("is asked only for what the first answers do not say", async () => {
    const given = await opening();
    const asked: string[] = [];
    mockIPC((command) => void asked.push(command));
    const shell = tauriBackend(new FirstAnswers(given));
    expect(await shell.overview(given.sync!.workspace)).toBe(given.overview);
    expect(asked).toEqual([]);
    await shell.overview(given.sync!.workspace);
    expect(asked).toEqual(["overview"]);
  });

  it("tells, once the first picture is there, what nobody heard meanwhile", async () => {
    const given = await opening();
    const now = { ...given.sync!, entries: given.sync!.entries + 1 };
    mockIPC((command) => (command === "sync_status" ? now : command === "plugin:event|listen" ? 1 : undefined));
    const shell = tauriBackend(new FirstAnswers(given));
    const [ledger, status] = [vi.fn(), vi.fn()];
    shell.onLedgerChanged(ledger);
    shell.onSyncStatus(status);
    await shell.painted();
    expect(ledger).toHaveBeenCalledExactlyOnceWith(given.sync!.workspace);
    expect(status).toHaveBeenCalledExactlyOnceWith(now);
  });

  it("is asked once for an event that several listen to", async () => {
    const asked: unknown[] = [];
    mockIPC((command, payload) => (asked.push([command, (payload as { event?: string }).event]), 1), { shouldMockEvents: false });
    const shell = tauriBackend(new FirstAnswers(await opening()));
    const heard = [vi.fn(), vi.fn()];
    const ends = heard.map((f) => shell.onLedgerChanged(f));
    ends[0]!();
    expect(asked).toEqual([["plugin:event|listen", "ledger-changed"]]);
    await shell.painted();
    expect(heard.map((f) => f.mock.calls.length)).toEqual([0, 1]);
  });
});
