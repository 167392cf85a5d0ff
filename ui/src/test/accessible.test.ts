import { screen } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import { SCENARIOS, type Scenario } from "$lib/backend/fake";
import type { Room } from "$lib/rooms/rooms";
import { axeFindings, by, openWindow, settle } from "./window";

const rooms: Record<Room, readonly Scenario[]> = {
  overview: SCENARIOS,
  usage: ["active", "empty", "broken", "failing"],
  topup: ["active", "purchases", "no_plan", "member", "failing"],
  settings: ["active", "first_sync", "broken", "notices", "wrong_clock", "failing", "none"],
};
const all = Object.entries(rooms).flatMap(([room, scenarios]) => scenarios.map((scenario) => [scenario, room as Room] as const));

describe("axe finds nothing", () => {
  it.each(all)("%s, %s", async (scenario, room) => {
    await openWindow(scenario, room);
    expect(await axeFindings()).toEqual([]);
  });

  it("with the switcher open", async () => {
    const { user } = await openWindow();
    await user.click(by("switcher"));
    expect(await axeFindings()).toEqual([]);
  });

  it("with the reason for being offline open", async () => {
    const { user } = await openWindow("offline");
    await user.click(by("sync"));
    expect(await axeFindings()).toEqual([]);
  });

  it.each(["active", "catching_up", "first_sync_paused", "broken"] as const)("with what the sync line says open, %s", async (scenario) => {
    const { user } = await openWindow(scenario);
    await user.click(by("sync"));
    expect(await axeFindings()).toEqual([]);
  });

  it("with the report of an incident open and saved", async () => {
    const { user } = await openWindow("broken");
    await user.click(screen.getByRole("button", { name: "Show report" }));
    await user.click(screen.getByRole("button", { name: "Save report" }));
    await settle();
    expect(by("report-saved")).toBeVisible();
    expect(await axeFindings()).toEqual([]);
  });

  it("with verifying and exporting under way", async () => {
    const { user } = await openWindow("active", "settings");
    await user.click(by("verify-now"));
    await user.click(by("export-start"));
    await vi.advanceTimersByTimeAsync(150);
    expect(screen.getAllByRole("progressbar")).toHaveLength(2);
    expect(await axeFindings()).toEqual([]);
  });

  it("with what verifying found, an export written, and the question before rebuilding", async () => {
    const { user } = await openWindow("damaged", "settings");
    await user.click(by("verify-now"));
    await user.click(by("export-start"));
    await vi.advanceTimersByTimeAsync(1_500);
    await user.click(screen.getByRole("button", { name: "Rebuild…" }));
    expect(by("exported")).toBeVisible();
    expect(by("verdict")).toHaveAttribute("data-verdict", "wrong");
    expect(await axeFindings()).toEqual([]);
  });

  it("but would find a button without a name", async () => {
    await openWindow();
    document.body.append(document.createElement("button"));
    const found = await axeFindings();
    document.body.lastElementChild?.remove();
    expect(found.join()).toContain("button-name");
  });
});
