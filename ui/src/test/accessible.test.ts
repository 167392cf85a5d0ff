import { describe, expect, it } from "vitest";
import { SCENARIOS, type Scenario } from "$lib/backend/fake";
import type { Room } from "$lib/rooms/rooms";
import { axeFindings, by, openWindow } from "./window";

const rooms: Record<Room, readonly Scenario[]> = {
  overview: SCENARIOS,
  usage: ["active", "empty", "failing"],
  topup: ["active", "purchases", "no_plan", "member", "failing"],
  settings: ["active", "none"],
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

  it("but would find a button without a name", async () => {
    await openWindow();
    document.body.append(document.createElement("button"));
    const found = await axeFindings();
    document.body.lastElementChild?.remove();
    expect(found.join()).toContain("button-name");
  });
});
