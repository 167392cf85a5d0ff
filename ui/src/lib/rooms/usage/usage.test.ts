import { fireEvent, screen, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import type { UsageQuery } from "$lib/backend/types";
import { by, openWindow, settle } from "../../../test/window";

const rows = () => within(by("usage-table")).getAllByRole("row").map((row) => (row.textContent ?? "").replace(/\s+/g, " ").trim());

describe("usage", () => {
  it("sums up the range and lists every feature", async () => {
    await openWindow("active", "usage");
    expect(by("room")).toHaveTextContent("5,647");
    expect(by("room")).toHaveTextContent("a day, busiest Tue 17 Nov (364)");
    expect(rows()).toHaveLength(7);
    expect(rows()[1]).toContain("AI classification");
    expect(by("room")).toHaveTextContent("† credits an action, set by your provider");
  });

  it("asks for what was chosen", async () => {
    const { backend, user } = await openWindow("active", "usage");
    const asked = vi.spyOn(backend, "usage");
    const last = () => asked.mock.lastCall?.[1] as UsageQuery;
    await user.click(screen.getByRole("radio", { name: "90 d" }));
    await settle();
    expect(last()).toMatchObject({ range: "90d", step: null, by: "group", compare: false });
    await user.click(screen.getByRole("radio", { name: "Week" }));
    await settle();
    expect(last()).toMatchObject({ range: "90d", step: "week" });
    await user.click(screen.getByRole("radio", { name: "Features" }));
    await user.click(screen.getByRole("button", { name: "Compare" }));
    await settle();
    expect(last()).toMatchObject({ by: "feature", compare: true, step: "week" });
    expect(asked.mock.lastCall?.[3]).toEqual({ width: 640, height: 240 });
    await user.click(screen.getByRole("radio", { name: "7 d" }));
    await settle();
    expect(last()).toMatchObject({ range: "7d", step: null });
  });

  it("offers only the steps that fit the range", async () => {
    await openWindow("active", "usage");
    expect(within(screen.getByRole("group", { name: "Step" })).getAllByRole("radio").map((radio) => (radio as HTMLInputElement).value)).toEqual(["day", "week"]);
  });

  it("takes two dates, both included, and refuses what is not a range", async () => {
    const { backend, user } = await openWindow("active", "usage");
    const asked = vi.spyOn(backend, "usage");
    await user.click(screen.getByRole("radio", { name: "Custom" }));
    await settle();
    expect(asked.mock.lastCall?.[1]).toMatchObject({ range: "custom", from: Date.UTC(2026, 10, 16), to: Date.UTC(2026, 10, 23) });
    const calls = asked.mock.calls.length;
    await fireEvent.input(screen.getByLabelText("From"), { target: { value: "2026-11-25" } });
    await fireEvent.change(screen.getByLabelText("From"));
    await settle();
    expect(screen.getByText("The first day is after the last.")).toBeVisible();
    expect(asked.mock.calls.length).toBe(calls);
  });

  it("compares only when asked, and shows a dash where nothing came before", async () => {
    const { user } = await openWindow("active", "usage");
    expect(rows()[0]).not.toContain("Change");
    await user.click(screen.getByRole("button", { name: "Compare" }));
    await settle();
    expect(rows()[0]).toContain("Change");
    expect(rows().find((row) => row.includes("Knowledge syncs"))).toMatch(/–$/);
  });

  it("says so when nothing was used", async () => {
    await openWindow("empty", "usage");
    expect(by("room")).toHaveTextContent("No AI work in this range.");
    expect(by("usage-table")).toHaveTextContent("No feature has used credits in this range.");
  });

  it("draws the weekdays and hours as a table", async () => {
    await openWindow("active", "usage");
    const heat = screen.getByRole("table", { name: "Credits by weekday and hour" });
    expect(within(heat).getAllByRole("cell").length).toBeGreaterThanOrEqual(168);
  });
});

describe("the chart", () => {
  it("is stepped through with the arrow keys, and says each point", async () => {
    const { user } = await openWindow("active", "usage");
    const chart = by("chart");
    expect(chart.querySelector("svg")).not.toBeNull();
    chart.focus();
    await user.keyboard("{Home}{ArrowRight}");
    expect(chart).toHaveAttribute("aria-valuenow", "1");
    expect(chart).toHaveAttribute("aria-valuetext", expect.stringMatching(/^Mon 2 Nov: Replies \d+, Classification \d+/));
    expect(within(chart).getByText("Mon 2 Nov")).toBeInTheDocument();
  });

  it("turns into a table of the same numbers", async () => {
    const { user } = await openWindow("active", "usage");
    await user.click(screen.getByRole("button", { name: "Show as table" }));
    expect(within(screen.getByRole("region", { name: /as a table/ })).getAllByRole("row")).toHaveLength(23);
  });
});
