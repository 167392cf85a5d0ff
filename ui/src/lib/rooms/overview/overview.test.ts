import { screen, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import type { Scenario } from "$lib/backend/fake";
import { by, openWindow, settle } from "../../../test/window";

const NO_BREAK = /\u00a0/g;
const text = (element: HTMLElement) => (element.textContent ?? "").replace(NO_BREAK, " ").replace(/\s+/g, " ").trim();

/** What a table row says, cell by cell; empty cells are left out. */
const cells = (row: HTMLElement) => [...row.children].map((cell) => text(cell as HTMLElement)).filter((said) => said !== "").join(" ");

describe("the headline", () => {
  it("is exactly the available credits", async () => {
    await openWindow();
    expect(by("available").textContent).toBe("6,778");
    expect(by("available")).toHaveAttribute("data-value", "6778");
  });

  it.each<[Scenario, string, string]>([
    ["active", "Active", "active"],
    ["low", "Low", "active"],
    ["paused", "Paused", "paused"],
    ["trial", "Trial: 6 days left", "trial"],
    ["no_plan", "No plan", "no_plan"],
    ["plan_excludes_ai", "AI not in this plan", "plan_excludes_ai"],
  ])("names the state: %s", async (scenario, words, state) => {
    await openWindow(scenario);
    expect(text(by("state"))).toBe(words);
    expect(by("state")).toHaveAttribute("data-state", state);
    expect(by("state").querySelector("svg")).not.toBeNull();
  });

  it("shows what the credits are made of", async () => {
    await openWindow();
    const room = text(by("room"));
    expect(room).toContain("Used 5,647");
    expect(room).toContain("Held 25");
    expect(room).toContain("Allowance left 4,353 of 10,000");
    expect(room).toContain("Boost Packs 2,425");
  });

  it("tells credits that wait for a plan from those that can be spent", async () => {
    await openWindow("no_plan");
    expect(by("available").textContent).toBe("0");
    expect(text(by("room"))).toContain("Boost Packs, kept 2,425");
  });

  it("says which numbers the provider set", async () => {
    await openWindow("trial");
    expect(text(by("room"))).toContain("139 of 200 set by your provider");
  });

  it("names a feature that can not run though others do", async () => {
    await openWindow("low");
    expect(text(by("room"))).toContain("Not running now: Knowledge syncs (needs 25 credits)");
  });

  it("says that the first position is on screen, once", async () => {
    delete document.documentElement.dataset["painted"];
    const { backend } = await openWindow();
    backend.spend(1);
    await settle();
    expect(backend.calls["painted"]).toBe(1);
    expect(document.documentElement.dataset["painted"]).toBe("true");
  });
});

describe("the banner", () => {
  it.each<Scenario>(["active", "trial", "empty", "offline"])("is not there when nothing is wrong with the credits: %s", async (scenario) => {
    await openWindow(scenario);
    expect(screen.queryByTestId("banner")).toBeNull();
  });

  it("says until when AI is paused, and leads to the packs", async () => {
    const { user } = await openWindow("paused");
    expect(text(by("banner"))).toContain("AI is paused until Tue 1 Dec, 00:00 UTC");
    await user.click(within(by("banner")).getByRole("button", { name: "See Boost Packs" }));
    expect(by("room")).toHaveAttribute("data-room", "topup");
  });

  it("says how low the credits are", async () => {
    await openWindow("low");
    expect(text(by("banner"))).toContain("Credits are low: 18 of 10,000 left");
  });

  it.each<[Scenario, string]>([
    ["no_plan", "This workspace has no plan"],
    ["plan_excludes_ai", "AI is not in this plan"],
  ])("offers no packs that could not be used: %s", async (scenario, words) => {
    await openWindow(scenario);
    expect(text(by("banner"))).toContain(words);
    expect(within(by("banner")).queryByRole("button")).toBeNull();
  });
});

describe("the dates", () => {
  it("say how long it lasts, how sure that is, and the exact instant", async () => {
    await openWindow();
    const room = text(by("room"));
    expect(room).toContain("Allowance lasts until The refresh at this pace");
    expect(room).toContain("Boost Packs last until Thu 10 Dec likely 6 – 16 Dec");
    expect(room).toContain("Refresh to 10,000 Tue 1 Dec in 8 d 9 h · 00:00 UTC");
    expect(screen.getByText("Tue 1 Dec")).toHaveAttribute("title", expect.stringContaining("Tuesday 1 December 2026, 00:00:00 UTC"));
  });

  it("say that packs are kept while no plan includes AI", async () => {
    await openWindow("no_plan");
    expect(text(by("room"))).toContain("Allowance lasts until – no allowance for AIBoost Packs last until Kept until a plan includes AI");
  });

  it("show a dash where there is no refresh", async () => {
    await openWindow("no_plan");
    expect(text(by("room"))).toContain("Refresh – nothing to refresh");
  });

  it("show the end of a trial in place of the refresh", async () => {
    await openWindow("trial");
    expect(text(by("room"))).toContain("Trial ends Fri 27 Nov in 5 d 9 h · 23:38 UTC");
  });

  it("promise no allowance where the plan has none", async () => {
    await openWindow("plan_excludes_ai");
    expect(text(by("room"))).toContain("Refresh Tue 1 Dec");
  });
});

describe("the lists", () => {
  it("rank groups with their share and their change", async () => {
    await openWindow();
    const ranking = screen.getByRole("region", { name: "What is using it" });
    expect(within(ranking).getAllByRole("row").slice(1).map(cells)).toEqual(["Replies 2,448 43 % +32 %", "Classification 1,892 34 % +4 %", "Summaries 957 17 % −6 %", "Syncs 350 6 % 0 %"]);
  });

  it("show the latest entries, newest first", async () => {
    await openWindow();
    const rows = within(by("latest")).getAllByRole("row").slice(1);
    expect(rows.map((row) => row.dataset["seq"])).toEqual(["9000", "8999", "8998", "8997", "8996"]);
    expect(cells(rows[0]!)).toBe("14:02:12 Automated response Chat · #48121 −2 6,778");
  });

  it("say so when there is nothing yet", async () => {
    await openWindow("empty");
    expect(text(by("latest"))).toContain("No entries yet");
    expect(text(by("room"))).toContain("Nothing has been used in this period yet");
    expect(by("available").textContent).toBe("10,000");
  });
});

describe("live numbers", () => {
  it("follow the ledger", async () => {
    const { backend } = await openWindow();
    backend.spend(25);
    await settle();
    expect(by("available").textContent).toBe("6,753");
  });

  it("are read a few times for a burst of changes, not once for each", async () => {
    const { backend } = await openWindow();
    const before = backend.calls["overview"]!;
    for (let i = 0; i < 100; i++) backend.spend(1);
    await settle();
    expect(backend.calls["overview"]! - before).toBeLessThanOrEqual(2);
    expect(by("available").textContent).toBe("6,678");
  });

  it("are read only by the room that is shown", async () => {
    const { backend } = await openWindow("active", "settings");
    backend.spend(1);
    await settle();
    expect(backend.calls).not.toHaveProperty("overview");
    expect(backend.calls).not.toHaveProperty("usage");
    expect(backend.calls).not.toHaveProperty("topUp");
  });
});

describe("when reading fails", () => {
  it("says what happened and what to do, with the technical part folded away", async () => {
    const { user, backend } = await openWindow("failing");
    const problem = screen.getAllByRole("alert")[0]!;
    expect(problem).toHaveAttribute("data-code", "cache_unreadable");
    expect(text(problem)).toContain("Restart Creditdeck.");
    expect(within(problem).getByText("Details").closest("details")).not.toHaveAttribute("open");
    const before = backend.calls["overview"]!;
    await user.click(within(problem).getByRole("button", { name: "Try again" }));
    await settle();
    expect(backend.calls["overview"]).toBe(before + 1);
  });

  it("keeps what was there", async () => {
    const { backend } = await openWindow();
    vi.spyOn(backend, "overview").mockRejectedValue({ code: "x", message: "It broke.", advice: "Wait.", detail: null });
    backend.ledgerChanged();
    await settle();
    expect(screen.getByRole("alert")).toHaveTextContent("It broke.");
    expect(by("available").textContent).toBe("6,778");
  });
});
