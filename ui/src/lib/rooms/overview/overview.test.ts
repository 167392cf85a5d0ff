import { screen, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import { NOW, type Scenario } from "$lib/backend/fake";
import type { Why } from "$lib/backend/types";
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
    ["trial", "Trial: 5 days left", "trial"],
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
    expect(rows.map((row) => row.dataset["seq"])).toEqual(["9000", "8999", "8998", "8997"]);
    expect(cells(rows[0]!)).toBe("14:02:12 Automated responses chat · #48121 −2 6,778");
  });

  it("say so when there is nothing yet", async () => {
    await openWindow("empty");
    expect(text(by("latest"))).toContain("No entries yet");
    expect(text(by("room"))).toContain("Nothing has been used in this period yet");
    expect(by("available").textContent).toBe("10,000");
  });
});

describe("what is behind a number", () => {
  const link = (name: string | RegExp, within_: HTMLElement = by("room")) => within(within_).getByRole("link", { name }).getAttribute("href") ?? "";
  const asked = (href: string) => Object.fromEntries([...new Set(new URLSearchParams(href.split("?")[1]).keys())].map((key) => [key, new URLSearchParams(href.split("?")[1]).getAll(key)]));
  const NOVEMBER = String(Date.UTC(2026, 10, 1));

  it("are the entries of this period", async () => {
    await openWindow();
    expect(asked(link("5,647"))).toEqual({ kind: ["usage", "amendment"], from: [NOVEMBER] });
    expect(asked(link("2,425"))).toEqual({ kind: ["grant", "void"] });
    expect(link(/6,778 credits left/)).toBe("#/ledger");
  });

  it("are the entries of a group's features", async () => {
    await openWindow();
    expect(asked(link("Replies"))).toEqual({ kind: ["usage"], feature: ["automated-response", "reply-suggestion", "draft"], from: [NOVEMBER] });
  });

  it("is the entry itself", async () => {
    const { user } = await openWindow();
    await user.click(within(by("latest")).getByRole("link", { name: "AI classification" }));
    await settle();
    expect(by("room")).toHaveAttribute("data-room", "ledger");
    expect(by("entry")).toHaveAttribute("data-seq", "8999");
  });
});

describe("why so fast", () => {
  const why: Why = {
    range: { start: Date.UTC(2026, 10, 1), end: NOW }, previous: { start: Date.UTC(2026, 9, 1), end: Date.UTC(2026, 9, 22, 14) }, credits: 5_647, before: 4_280,
    causes: [
      { of: "feature", key: "automated-response", name: "Automated responses", group: "replies", credits: 1_800, before: 925, part: 0.64, since: Date.UTC(2026, 10, 12), times: 2 },
      { of: "channel", key: "chat", name: "chat", group: null, credits: 3_000, before: 2_000, part: 0.73, since: null, times: null },
      { of: "member", key: "ana", name: "ana", group: null, credits: 900, before: 700, part: 0.15, since: null, times: null },
    ],
  };
  const explained = (answer: Partial<Why>, scenario: Scenario = "active") => openWindow(scenario, "overview", (backend) => void vi.spyOn(backend, "why").mockResolvedValue({ ...why, ...answer }));

  it("names what explains most, and leads to it", async () => {
    const { backend } = await explained({});
    expect(text(by("why"))).toBe("Why so fast? 32 % more than in 1 – 22 Oct. 64 % of the rise is automated responses: twice as much a day since Thu 12 Nov. 73 % of the rise came through chat.");
    expect(vi.mocked(backend.why).mock.lastCall?.slice(0, 3)).toEqual(["sample/northwind", expect.objectContaining({ range: "this_period" }), null]);
    expect(within(by("why")).getAllByRole("link").map((a) => a.getAttribute("href"))).toEqual([`#/ledger?feature=automated-response&from=${Date.UTC(2026, 10, 12)}`, `#/ledger?channel=chat&from=${Date.UTC(2026, 10, 1)}`]);
  });

  it.each<[Partial<Why>, string]>([
    [{ credits: 2_000, causes: [] }, "Why slower? 53 % less than in 1 – 22 Oct. No single cause stands out."],
    [{ credits: 4_300, causes: [] }, "At the usual pace About as much as in 1 – 22 Oct."],
    [{ previous: null }, "Is that fast? There are no earlier days to compare with yet."],
  ])("says so otherwise, %#", async (answer, said) => {
    await explained(answer);
    expect(text(by("why"))).toBe(said);
  });

  it("is not asked where nothing was used", async () => {
    await openWindow("empty");
    expect(screen.queryByTestId("why")).toBeNull();
  });
});

describe("who may not buy", () => {
  it("is not asked to", async () => {
    await openWindow("member");
    expect(within(by("room")).queryByRole("button", { name: "Top up" })).toBeNull();
  });
});

describe("the time zone", () => {
  it("is this computer's where somebody wants that, and the refresh names the billing time as well", async () => {
    vi.stubEnv("TZ", "Europe/Berlin");
    await openWindow("paused", "overview", (backend) => void vi.spyOn(backend, "settings").mockResolvedValue({ appearance: "system", workspace: null, locale: null, localTime: true }));
    vi.unstubAllEnvs();
    expect(text(by("banner"))).toContain("AI is paused until Tue 1 Dec, 01:00 CET (00:00 UTC)");
    expect(text(by("room"))).toContain("in 8 d 9 h · 01:00 CET · 00:00 UTC");
  });
});

describe("numbers as large as they may be", () => {
  it("are told in full", async () => {
    await openWindow("huge");
    expect(by("available").textContent).toBe("9,007,199,254,740,991");
    expect(by("available")).toHaveClass("long");
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
