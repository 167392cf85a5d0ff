import { fireEvent, screen, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import type { Scenario } from "$lib/backend/fake";
import { axeFindings, by, openWindow, settle, type OpenWindow } from "../../../test/window";
import { IN_VAIN } from "./found.svelte";

const text = (element: Element) => (element.textContent ?? "").replace(/\u00a0/g, " ").replace(/\s+/g, " ").trim();
const rows = () => [...by("entries").querySelectorAll<HTMLElement>("[data-seq]")];
const seqs = () => rows().map((row) => Number(row.dataset["seq"]));
const row = (seq: number) => by("entries").querySelector<HTMLElement>(`[data-seq="${seq}"]`)!;
const params = () => new URLSearchParams(location.hash.split("?")[1] ?? "");

/** Opens the room with what the address says behind it. */
async function open(search = "", scenario: Scenario = "active", prepare?: Parameters<typeof openWindow>[2]): Promise<OpenWindow> {
  const opened = await openWindow(scenario, "ledger", (backend) => {
    location.hash = search === "" ? "#/ledger" : `#/ledger?${search}`;
    prepare?.(backend);
  });
  await settle();
  return opened;
}

async function scrollTo(top: number) {
  by("entries").scrollTop = top;
  await fireEvent.scroll(by("entries"));
  await settle();
}

describe("the list", () => {
  it("begins with the newest, and says how many there are", async () => {
    await open();
    expect(seqs()[0]).toBe(9_000);
    expect(text(row(9_000))).toBe("Sun 22 Nov 14:02 Usage: Automated responses chat · #48121 −2 6,778");
    expect(by("found")).toHaveTextContent("9,000 entries");
    expect(by("entries")).toHaveAttribute("aria-rowcount", "9001");
    expect(rows().map((one) => one.getAttribute("aria-rowindex")).slice(0, 3)).toEqual(["2", "3", "4"]);
  });

  it("has only what is in the window as elements, wherever that is, and the same elements", async () => {
    await open("", "large");
    expect(by("found")).toHaveTextContent("10,000,000 entries");
    const before = rows();
    await scrollTo(32 * 40);
    const after = rows();
    expect(seqs()).toContain(9_999_960);
    expect(after.length).toBeLessThan(60);
    expect(after.filter((one) => before.includes(one)).length).toBeGreaterThan(after.length / 2);
    await scrollTo(9_999_999);
    expect(seqs().at(-1)).toBe(1);
  });

  it("says each day once, and what came late", async () => {
    await open();
    const days = rows().filter((one) => one.querySelector(".day:not(.again)"));
    expect(days.map((one) => Number(one.dataset["seq"]))).toEqual([9_000]);
  });

  it("shows places for what has not been read yet", async () => {
    await open("", "large", (backend) => {
      const read = backend.ledgerPage;
      let first = true;
      backend.ledgerPage = (...asked) => (first ? ((first = false), read(...asked)) : new Promise(() => undefined));
    });
    await scrollTo(5_000_000);
    expect(by("entries").querySelectorAll('[aria-busy="true"]').length).toBeGreaterThan(10);
  });

  it("shows what comes at the top at once, and counts it elsewhere", async () => {
    const { backend, user } = await open();
    backend.spend(3);
    await settle();
    expect(seqs()[0]).toBe(9_001);
    await scrollTo(3_200);
    const before = seqs();
    for (let i = 0; i < 12; i++) backend.spend(1);
    await settle();
    expect(seqs()).toEqual(before);
    await user.click(by("fresh"));
    expect(by("entries").scrollTop).toBe(0);
    expect(seqs()[0]).toBe(9_013);
    expect(screen.queryByTestId("fresh")).toBeNull();
  });

  it.each<[Scenario, string]>([
    ["empty", "No entries yet"],
    ["failing", "The data on this computer could not be read"],
  ])("says so when there is nothing: %s", async (scenario, said) => {
    await open("", scenario);
    expect(by("ledger")).toHaveTextContent(said);
    expect(screen.queryByTestId("entries")).toBeNull();
  });

  it("shows how old the entries are while the service is away", async () => {
    await open("", "offline");
    expect(by("age")).toHaveTextContent("Data from");
    expect(seqs()[0]).toBe(9_000);
  });
});

describe("the keyboard", () => {
  it("goes through the rows with the focus on the list, opens one, and comes back to it", async () => {
    const { user } = await open();
    by("entries").focus();
    await user.keyboard("{ArrowDown}{ArrowDown}{ArrowDown}");
    expect(by("entries")).toHaveAttribute("aria-activedescendant", "entry-8998");
    await user.keyboard("{Home}{PageDown}");
    expect(by("entries")).toHaveAttribute("aria-activedescendant", `entry-${9_000 - 5}`);
    await user.keyboard("{Enter}");
    await settle();
    expect(by("entry")).toHaveAttribute("data-seq", "8995");
    expect(by("entry")).toHaveFocus();
    await user.keyboard("jjk{Escape}");
    await settle();
    expect(screen.queryByTestId("entry")).toBeNull();
    expect(by("entries")).toHaveFocus();
    expect(by("entries")).toHaveAttribute("aria-activedescendant", "entry-8994");
  });

  it("goes to the end of ten million rows and back", async () => {
    const { user } = await open("", "large");
    by("entries").focus();
    await user.keyboard("{End}");
    await settle();
    expect(by("entries")).toHaveAttribute("aria-activedescendant", "entry-1");
    await user.keyboard("{Home}");
    expect(by("entries")).toHaveAttribute("aria-activedescendant", "entry-10000000");
  });

  it("follows with the entry that is open", async () => {
    const { user } = await open("entry=8999");
    by("entries").focus();
    const steps = history.length;
    await user.keyboard("{ArrowDown}");
    await settle();
    expect(by("entry")).toHaveAttribute("data-seq", "8998");
    expect(by("entries")).toHaveFocus();
    expect(history.length).toBe(steps);
  });
});

describe("filters", () => {
  it("stand in the address, and as chips that are removed again", async () => {
    const { user } = await open();
    await user.click(screen.getByRole("combobox", { name: "Kind" }));
    await user.click(screen.getByRole("option", { name: "Grant" }));
    await settle();
    expect(params().getAll("kind")).toEqual(["grant"]);
    expect(by("found")).toHaveTextContent("7 entries");
    expect(new Set(rows().map((one) => one.dataset["kind"]))).toEqual(new Set(["grant"]));
    await user.click(by("chip-kind-grant"));
    await settle();
    expect(location.hash).toBe("#/ledger");
    expect(by("found")).toHaveTextContent("9,000 entries");
  });

  it("are found by typing where there are many", async () => {
    const { user } = await open();
    const member = screen.getByRole("combobox", { name: "Member" });
    await user.type(member, "ELI{Enter}");
    await settle();
    expect(params().get("member")).toBe("elif");
    expect(member).toHaveValue("");
    await user.type(member, "nobody");
    expect(screen.getByRole("option")).toHaveTextContent("Nothing of that name");
    await user.keyboard("{Escape}");
    expect(member).toHaveAttribute("aria-expanded", "false");
    expect(params().get("member")).toBe("elif");
  });

  it("find a reference by its beginning, in place", async () => {
    const { user } = await open();
    const steps = history.length;
    await user.type(document.getElementById("ledger-search")!, "#4812");
    await settle();
    expect(params().get("reference")).toBe("#4812");
    expect(rows().every((one) => text(one).includes("#4812"))).toBe(true);
    expect(history.length).toBe(steps);
    await user.keyboard("{Escape}");
    await settle();
    expect(location.hash).toBe("#/ledger");
  });

  it("are days of the zone", async () => {
    const { user } = await open();
    await user.click(screen.getByRole("button", { name: "Dates" }));
    await fireEvent.input(screen.getByLabelText("First day"), { target: { value: "2026-11-20" } });
    await fireEvent.change(screen.getByLabelText("First day"));
    await fireEvent.input(screen.getByLabelText("Last day"), { target: { value: "2026-11-21" } });
    await fireEvent.change(screen.getByLabelText("Last day"));
    await settle();
    expect([Number(params().get("from")), Number(params().get("to"))]).toEqual([Date.UTC(2026, 10, 20), Date.UTC(2026, 10, 22)]);
    expect(by("chip-dates")).toHaveTextContent("20 – 21 Nov");
    expect(text(rows()[0]!)).toContain("Sat 21 Nov");
  });

  it("come back with the address", async () => {
    await open("kind=void");
    expect(seqs()).toEqual([5_007]);
    expect(by("found")).toHaveTextContent("1 entry");
    location.hash = "#/ledger?kind=expiry";
    await settle();
    await settle();
    expect(seqs()).toEqual([6_476, 1_787]);
  });

  it("that fit nothing can be cleared", async () => {
    const { user } = await open("member=ana&feature=knowledge-sync");
    expect(by("nothing")).toHaveTextContent("No entry matches");
    await user.click(within(by("nothing")).getByRole("button", { name: "Clear all filters" }));
    await settle();
    expect(seqs()[0]).toBe(9_000);
  });

  it("ask whether to go on when much was looked at in vain", async () => {
    const { user, backend } = await open("reference=nowhere", "large");
    expect(by("found")).toHaveTextContent("None found so far");
    expect(by("nothing")).toHaveTextContent("Nothing more found down to entry");
    const calls = backend.calls["ledgerPage"]!;
    await user.click(by("go-on"));
    await settle();
    expect(backend.calls["ledgerPage"]).toBe(calls + IN_VAIN);
  });

  it("count what was found so far", async () => {
    await open("feature=draft", "large");
    expect(by("found").textContent).toMatch(/^\d+ entries so far$/);
  });
});

describe("an entry", () => {
  it("says what it cost, what paid, and that the rules agree", async () => {
    await open("entry=8996");
    const said = text(by("entry"));
    expect(said).toContain("Conversation summaries × 2");
    expect(text(by("entry-cost"))).toBe("2 × 1 credit = 2set by your provider");
    expect(text(by("entry-shares"))).toContain("Allowance Growth−2");
    expect(text(by("entry-shares"))).toMatch(/of 10,000 left after it · expires Tue 1 Dec/);
    expect(by("entry-verdict")).toHaveTextContent("The rules give exactly this entry");
    expect(said).toContain("Balance after");
  });

  it("says what differs", async () => {
    await open("entry=4112", "damaged");
    expect(by("entry-verdict")).toHaveAttribute("data-verdict", "differs");
    expect(by("entry-verdict")).toHaveTextContent("credits: 3, and the rules give 2");
  });

  it("gives the terms of a grant, and leads on to those it is about", async () => {
    const { user } = await open("kind=void&entry=5007");
    await user.click(screen.getByRole("link", { name: /Takes from/ }));
    await settle();
    expect(params().getAll("kind")).toEqual(["void"]);
    expect(by("entry")).toHaveAttribute("data-seq", "4174");
    expect(text(by("entry-terms"))).toContain("Left now2,425 of 2,500");
    expect(text(by("entry-terms"))).toMatch(/Expires ?never/);
  });

  it("keeps its exact bytes folded, and copies them in full", async () => {
    const { user, backend } = await open("entry=9000");
    const { body, hash } = await backend.ledgerEntry("sample/northwind", 9_000);
    const copied = vi.spyOn(navigator.clipboard, "writeText");
    await user.click(screen.getByRole("button", { name: "Copy: Hash" }));
    expect(copied).toHaveBeenLastCalledWith(hash);
    expect(by("entry").querySelector("details")).not.toHaveAttribute("open");
    expect(by("entry").querySelector("details")).toHaveTextContent(body.slice(0, 40));
  });

  it("that does not exist is told", async () => {
    await open("entry=12345678");
    expect(by("entry-error")).toHaveTextContent("This ledger has no entry 12345678.");
    expect(seqs()[0]).toBe(9_000);
  });

  it("is opened by a click, and stays open while filters change", async () => {
    const { user } = await open();
    await user.click(row(8_999));
    await settle();
    expect(by("entry")).toHaveAttribute("data-seq", "8999");
    expect(row(8_999)).toHaveAttribute("aria-selected", "true");
    await user.click(by("entry-close"));
    await settle();
    expect(screen.queryByTestId("entry")).toBeNull();
  });
});

describe("the export", () => {
  it("writes exactly what is listed, shows how far it is, and says where it is", async () => {
    const { user, backend } = await open("feature=draft&member=ana");
    const asked = vi.spyOn(backend, "exportLedger");
    await user.click(by("ledger-export"));
    await vi.advanceTimersByTimeAsync(350);
    expect(by("ledger-exporting")).toHaveTextContent(/Exporting \d+ %/);
    expect(asked.mock.lastCall?.[1]).toMatchObject({ format: "csv", filter: { features: ["draft"], member: "ana", kinds: [] } });
    await vi.advanceTimersByTimeAsync(1_500);
    expect(by("ledger-exported")).toHaveTextContent("exported");
  });

  it("is stopped", async () => {
    const { user } = await open();
    await user.click(by("ledger-export"));
    await vi.advanceTimersByTimeAsync(250);
    await user.click(screen.getByRole("button", { name: "Stop: Exporting" }));
    await vi.advanceTimersByTimeAsync(500);
    expect(by("ledger")).toHaveTextContent("The export was stopped. Nothing was written.");
    expect(by("ledger-export")).toHaveFocus();
  });
});

describe("axe finds nothing", () => {
  it.each<[string, Scenario]>([
    ["", "large"],
    ["kind=grant", "active"],
    ["entry=9000", "active"],
    ["entry=3&kind=controls_change", "active"],
    ["entry=4112", "damaged"],
    ["member=ana&feature=knowledge-sync", "active"],
  ])("with %s", async (search, scenario) => {
    await open(search, scenario);
    expect(await axeFindings()).toEqual([]);
  });

  it("with a list of choices and the dates open", async () => {
    const { user } = await open();
    await user.click(screen.getByRole("button", { name: "Dates" }));
    await user.click(screen.getByRole("combobox", { name: "Member" }));
    await user.keyboard("{ArrowDown}");
    expect(await axeFindings()).toEqual([]);
  });
});
