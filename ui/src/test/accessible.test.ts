import { render, screen } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import { SCENARIOS, createFake, type Scenario } from "$lib/backend/fake";
import type { Room } from "$lib/rooms/rooms";
import Gallery from "$lib/gallery/Gallery.svelte";
import { axeFindings, by, openWindow, settle } from "./window";

const rooms: Record<Room, readonly Scenario[]> = {
  overview: SCENARIOS,
  usage: ["active", "empty", "broken", "failing"],
  ledger: ["active", "empty", "broken", "failing"],
  topup: ["active", "purchases", "no_plan", "member", "failing"],
  settings: ["active", "first_sync", "broken", "notices", "wrong_clock", "failing", "none"],
};
const all = Object.entries(rooms).flatMap(([room, scenarios]) => scenarios.map((scenario) => [scenario, room as Room] as const));

// A whole page is looked at, which takes its time on a busy machine.
describe("axe finds nothing", { timeout: 20_000 }, () => {
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

  it.each(["", "us", "qqqq"])("with the palette open and “%s” typed", async (typed) => {
    const { user } = await openWindow();
    await user.click(by("search"));
    await settle();
    if (typed !== "") await user.keyboard(typed);
    expect(by("palette")).toBeVisible();
    expect(await axeFindings()).toEqual([]);
  });

  it("with the shortcuts listed", async () => {
    const { user } = await openWindow();
    await user.keyboard("?");
    expect(by("shortcuts")).toBeVisible();
    expect(await axeFindings()).toEqual([]);
  });

  it("with many workspaces in the switcher", async () => {
    const { user, backend } = await openWindow();
    const [one] = await backend.workspaces();
    vi.spyOn(backend, "workspaces").mockResolvedValue(Array.from({ length: 40 }, (_, i) => ({ ...one!, key: `sample/${i}`, name: `Workspace ${i}` })));
    backend.report({ workspace: "sample/new" });
    await settle();
    await user.click(by("switcher"));
    expect(screen.getAllByRole("option")).toHaveLength(40);
    expect(await axeFindings()).toEqual([]);
  });

  it("in the gallery, with every part on one page", async () => {
    render(Gallery, { props: { backend: createFake() } });
    await settle();
    const parts = Object.keys(import.meta.glob("../lib/parts/*.svelte")).map((path) => path.replace(/^.*\/|\.svelte$/g, ""));
    // Those that another part is made of, or that are shown when asked for.
    const within = ["Floating", "Knob", "IncidentReport", "RoomHeader"];
    const shown = [...document.querySelectorAll<HTMLElement>("[data-part]")].map(({ dataset }) => dataset["part"]);
    expect(parts.length).toBeGreaterThan(20);
    expect(parts.filter((part) => !shown.includes(part) && !within.includes(part))).toEqual([]);
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
