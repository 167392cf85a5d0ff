import { fireEvent, screen, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import type { UsageQuery } from "$lib/backend/types";
import { LATE_AFTER } from "$lib/state/liveQuery.svelte";
import { axeFindings, by, openWindow, settle } from "../../../test/window";

const NOW = Date.UTC(2026, 10, 22, 14, 2, 23);
const rows = () => within(by("usage-table")).getAllByRole("row").map((row) => (row.textContent ?? "").replace(/\s+/g, " ").trim());
const names = () => within(by("usage-table")).getAllByRole("rowheader").map((cell) => (cell.textContent ?? "").trim());
const query = () => new URLSearchParams(location.hash.split("?")[1] ?? "");

async function goTo(search: string) {
  location.hash = `#/usage?${search}`;
  window.dispatchEvent(new HashChangeEvent("hashchange"));
  await settle();
}

/** Opens the room at an address. */
async function openAt(search: string, scenario: Parameters<typeof openWindow>[0] = "active", prepare?: Parameters<typeof openWindow>[2]) {
  const opened = await openWindow(scenario, "usage", prepare);
  await goTo(search);
  return opened;
}

describe("usage", () => {
  it("sums up the range and lists every feature", async () => {
    await openWindow("active", "usage");
    expect(by("room")).toHaveTextContent("5,647");
    expect(by("room")).toHaveTextContent("credits, 1 – 22 Nov");
    expect(by("room")).toHaveTextContent("a day, busiest Tue 17 Nov (364)");
    expect(rows()).toHaveLength(7);
    expect(rows()[1]).toContain("AI classification");
    expect(by("room")).toHaveTextContent("† credits an action, set by your provider");
  });

  it("asks for what was chosen, and keeps it in the address", async () => {
    const { backend, user } = await openWindow("active", "usage");
    const asked = vi.spyOn(backend, "usage");
    const last = () => asked.mock.lastCall?.[1] as UsageQuery;
    await user.click(screen.getByRole("radio", { name: "90 d" }));
    await settle();
    expect(last()).toMatchObject({ range: "90d", step: null, by: "group", compare: false, shape: "area" });
    await user.click(by("step"));
    await user.click(screen.getByRole("menuitemradio", { name: "Week" }));
    await settle();
    expect(last()).toMatchObject({ range: "90d", step: "week" });
    await user.click(by("split"));
    await user.click(screen.getByRole("menuitemradio", { name: "Feature" }));
    await user.click(screen.getByRole("switch", { name: "Compare" }));
    await user.click(screen.getByRole("radio", { name: "Bars" }));
    await settle();
    expect(last()).toMatchObject({ by: "feature", compare: true, step: "week", shape: "bars" });
    expect(Object.fromEntries(query())).toEqual({ range: "90d", step: "week", by: "feature", compare: "1", shape: "bars" });
    expect(asked.mock.lastCall?.[2].size).toEqual({ width: 640, height: 240 });
    await user.click(screen.getByRole("radio", { name: "7 d" }));
    await settle();
    expect(last()).toMatchObject({ range: "7d", step: null });
  });

  it("changes its tools together with what they show, unless that is late, and loses none of two changes", async () => {
    const { backend, user } = await openWindow("active", "usage");
    const answer = backend.usage.bind(backend);
    let give: () => void = vi.fn();
    vi.spyOn(backend, "usage").mockImplementation((...asked) => new Promise((resolve) => (give = () => resolve(answer(...asked)))));
    const compare = screen.getByRole("switch", { name: "Compare" });
    await user.click(compare);
    expect(by("room")).toHaveAttribute("aria-busy", "true");
    expect(compare).not.toBeChecked();
    await user.click(screen.getByRole("radio", { name: "Bars" }));
    expect(Object.fromEntries(query())).toEqual({ compare: "1", shape: "bars" });
    give();
    await vi.advanceTimersByTimeAsync(50);
    expect(compare).toBeChecked();
    expect(rows()[0]).toContain("Change");
    await user.click(compare);
    await vi.advanceTimersByTimeAsync(LATE_AFTER);
    expect(compare).not.toBeChecked();
    expect(by("room")).toHaveAttribute("aria-busy", "true");
    // Who takes it back meanwhile has what was there.
    await user.click(compare);
    await settle();
    expect(compare).toBeChecked();
    expect(by("room")).not.toHaveAttribute("aria-busy");
  });

  it("offers only the steps that fit the range", async () => {
    const { user } = await openWindow("active", "usage");
    await user.click(by("step"));
    expect(screen.getAllByRole("menuitemradio").map((item) => item.textContent?.trim())).toEqual(["Day", "Week"]);
    expect(screen.getByRole("menuitemradio", { name: "Day" })).toHaveFocus();
    await user.keyboard("{ArrowDown}{Enter}");
    await settle();
    expect(query().get("step")).toBe("week");
    expect(by("step")).toHaveFocus();
  });

  it("compares only when asked, and says what changed", async () => {
    const { user } = await openWindow("active", "usage");
    expect(rows()[0]).not.toContain("Change");
    expect(screen.queryByTestId("what-changed")).toBeNull();
    await user.click(screen.getByRole("switch", { name: "Compare" }));
    await settle();
    expect(rows()[0]).toContain("Change");
    expect(by("what-changed")).toHaveTextContent(/more than in/);
    const causes = within(by("what-changed")).getAllByRole("link");
    expect(causes[0]).toHaveAttribute("href", expect.stringMatching(/^#\/ledger\?kind=usage&feature=/));
    expect(causes.at(-1)).toHaveAttribute("href", expect.stringMatching(/^#\/usage\?compare=1&of=channel&name=/));
  });

  it("says that nothing came before in the first days of a workspace", async () => {
    await openAt("compare=1", "young");
    expect(by("what-changed")).toHaveTextContent("There are no earlier days to compare with yet.");
    expect(rows()[1]).toMatch(/–/);
  });

  it("says so when nothing was used", async () => {
    await openWindow("empty", "usage");
    expect(by("room")).toHaveTextContent("No AI work in this range.");
    expect(rows()).toHaveLength(7);
  });

  it("leads on where there is no period", async () => {
    const { user } = await openWindow("no_plan", "usage");
    expect(by("no-period")).toHaveTextContent("No usage period is running");
    await user.click(screen.getByRole("button", { name: "Show the last 30 days" }));
    await settle();
    expect(query().get("range")).toBe("30d");
    expect(screen.queryByTestId("no-period")).toBeNull();
  });
});

describe("a range of one's own", () => {
  it("takes two dates, both included, and refuses what is not a range", async () => {
    const { backend, user } = await openWindow("active", "usage");
    const asked = vi.spyOn(backend, "usage");
    await user.click(screen.getByRole("radio", { name: "Custom" }));
    await settle();
    expect(asked.mock.lastCall?.[1]).toMatchObject({ range: "custom", from: Date.UTC(2026, 10, 16), to: Date.UTC(2026, 10, 23) });
    const calls = asked.mock.calls.length;
    await fireEvent.input(screen.getByLabelText("From"), { target: { value: "2026-11-23" } });
    await fireEvent.change(screen.getByLabelText("From"));
    await settle();
    expect(screen.getByText(/^The first day is after the last/)).toBeVisible();
    expect(screen.getByLabelText("From")).toBeInvalid();
    expect(asked.mock.calls.length).toBe(calls);
  });

  it("follows the address, and says what is wrong with one that is no range", async () => {
    await openAt(`range=custom&from=${Date.UTC(2026, 9, 1)}&to=${Date.UTC(2026, 9, 11)}`);
    expect(screen.getByLabelText("From")).toHaveValue("2026-10-01");
    expect(screen.getByLabelText("to")).toHaveValue("2026-10-10");
    await goTo("range=custom");
    expect(by("room")).toHaveTextContent("A custom range needs both ends. Choose a first day");
    expect(by("room")).toHaveTextContent("There is nothing to show for this range.");
    expect(screen.queryByTestId("usage-table")).toBeNull();
  });
});

describe("the table", () => {
  it("is sorted by any column, as the address says", async () => {
    const { user } = await openWindow("active", "usage");
    const head = (name: string) => within(by("usage-table")).getByRole("button", { name });
    expect(names()[0]).toBe("AI classification");
    await user.click(head("Feature"));
    expect(names().slice(0, 2)).toEqual(["AI classification", "Automated responses"]);
    expect(screen.getByRole("columnheader", { name: "Feature" })).toHaveAttribute("aria-sort", "ascending");
    await user.click(head("Credits"));
    await user.click(head("Credits"));
    expect(names()[0]).toBe("Drafts");
    expect(Object.fromEntries(query())).toEqual({ sort: "credits", order: "up" });
  });

  it("leads to the entries of each row", async () => {
    await openAt("by=channel&of=member&name=Ana&range=7d");
    const links = within(by("usage-table")).getAllByRole("link");
    const to = new URLSearchParams(links[0]!.getAttribute("href")!.split("?")[1]);
    expect(links[0]).toHaveAttribute("href", expect.stringMatching(/^#\/ledger\?/));
    expect(Object.fromEntries(to)).toMatchObject({ kind: "usage", member: "Ana", channel: links[0]!.textContent, from: String(Date.UTC(2026, 10, 16)) });
    expect(Number(to.get("to"))).toBeLessThanOrEqual(NOW);
  });

  it("keeps what is not named one by one at its end, without a way to its entries", async () => {
    await openAt("by=member&sort=name", "active", (backend) => vi.spyOn(backend, "ledgerNames").mockResolvedValue({ features: [], members: [], channels: [], sources: [] }));
    expect(names().at(-1)).toBe("Not named");
    expect(within(by("usage-table")).queryByRole("link", { name: "Not named" })).toBeNull();
  });

  it("shows 40 features and names that are markup as they are", async () => {
    await openAt("by=feature", "many");
    expect(names()).toHaveLength(40);
    expect(names()).toContain("<script>alert(1)</script>");
    expect(document.querySelector("main script")).toBeNull();
  });
});

describe("the filter", () => {
  it("shows one name's usage alone until it is removed", async () => {
    const { user } = await openAt("of=channel&name=Nobody");
    expect(by("room")).toHaveTextContent("No entry names this channel.");
    await user.click(screen.getAllByRole("button", { name: "Remove the filter" })[0]!);
    await settle();
    expect(location.hash).not.toContain("Nobody");
    expect(by("room")).toHaveTextContent("5,647");
  });

  it("is chosen out of the names that entries carry", async () => {
    const { user, backend } = await openAt("", "active", (fake) => vi.spyOn(fake, "ledgerNames").mockResolvedValue({ features: [], members: ["Ana", "Ben"], channels: [], sources: ["inbox"] }));
    const asked = vi.spyOn(backend, "usage");
    await user.click(by("filter"));
    await settle();
    const editor = within(by("filter-editor"));
    await user.click(editor.getByRole("radio", { name: "Channel" }));
    expect(editor.getByText("No entry names a channel.")).toBeVisible();
    await user.click(editor.getByRole("radio", { name: "Member" }));
    await user.type(editor.getByRole("combobox", { name: "Find a member" }), "be{Enter}");
    await settle();
    expect(asked.mock.lastCall?.[1].of).toEqual({ label: "member", name: "Ben" });
    expect(by("filter")).toHaveFocus();
  });
});

describe("the chart", () => {
  it("is stepped through with the arrow keys, and says each point", async () => {
    await openWindow("active", "usage");
    const chart = by("chart");
    expect(chart.querySelector("svg")).not.toBeNull();
    chart.focus();
    await fireEvent.keyDown(chart, { key: "Home" });
    await fireEvent.keyDown(chart, { key: "ArrowRight" });
    expect(chart).toHaveAttribute("aria-valuenow", "1");
    expect(chart).toHaveAttribute("aria-valuetext", expect.stringMatching(/^Mon 2 Nov: Total 34\d, Replies \d+, Classification \d+/));
    expect(within(chart).getByText("Mon 2 Nov")).toBeInTheDocument();
  });

  it("opens the entries of a point with a click", async () => {
    await openWindow("active", "usage");
    await fireEvent.click(by("chart"), { clientX: 640 });
    expect(location.hash).toBe(`#/ledger?kind=usage&from=${Date.UTC(2026, 10, 22)}&to=${Date.UTC(2026, 11, 1)}`);
  });

  it("opens the entries of a point with Enter, of those that the room is filtered to", async () => {
    const { backend } = await openWindow("active", "usage");
    const [source = ""] = (await backend.ledgerNames("sample/northwind")).sources;
    await goTo(`of=source&name=${encodeURIComponent(source)}`);
    await fireEvent.keyDown(by("chart"), { key: "Home" });
    await fireEvent.keyDown(by("chart"), { key: "Enter" });
    const day = Date.UTC(2026, 10, 1);
    expect(location.hash).toBe(`#/ledger?kind=usage&source=${encodeURIComponent(source)}&from=${day}&to=${day + 86_400_000}`);
  });

  it("turns into a table of the same numbers", async () => {
    const { user } = await openWindow("active", "usage");
    await user.click(screen.getAllByRole("button", { name: "Show as table" })[0]!);
    const table = screen.getByRole("region", { name: /as a table/ });
    expect(within(table).getAllByRole("row")).toHaveLength(23);
    expect(within(table).getAllByRole("columnheader").map((head) => head.textContent)).toEqual(["When", "Total", "Replies", "Classification", "Summaries", "Syncs"]);
  });

  it("is saved in a form of one's choice, and says where", async () => {
    const { backend, user } = await openAt("range=7d");
    const saved = vi.spyOn(backend, "savePicture");
    await user.click(by("save-chart"));
    await user.click(screen.getByRole("menuitem", { name: /CSV/ }));
    await settle();
    expect(saved).toHaveBeenCalledWith("sample/northwind", { of: "usage", query: expect.objectContaining({ range: "7d" }) }, "csv", expect.objectContaining({ size: { width: 640, height: 240 } }));
    expect(by("chart-saved")).toHaveTextContent("northwind-usage.csv");
    expect(screen.getByRole("button", { name: "Show in folder" })).toHaveFocus();
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("chart-saved")).toBeNull();
    expect(by("save-chart")).toHaveFocus();
  });

  it("says why it was not saved", async () => {
    const { user } = await openWindow("damaged", "usage");
    await user.click(by("save-chart"));
    await user.keyboard("{Enter}");
    await settle();
    expect(by("save-error")).toHaveTextContent("The file could not be written.");
  });
});

describe("weekdays and hours", () => {
  const heat = () => screen.getByRole("slider", { name: "Credits by weekday and hour" });
  const ring = () => heat().querySelector<HTMLElement>(".ring");

  it("are a picture that is stepped through, with the number of each cell under it", async () => {
    const { user } = await openWindow("active", "usage");
    expect([...heat().querySelectorAll("path")].map((cells) => cells.getAttribute("d")).join("").match(/M/g)).toHaveLength(168);
    const busiest = by("heat-cell").textContent;
    expect(busiest).toMatch(/^Busiest \w+ 13 – 14 h: \d+ credits, \d % of all$/);
    expect(busiest).toBe(`Busiest ${heat().getAttribute("aria-valuetext")}`);
    expect(ring()).toBeNull();
    heat().focus();
    await user.keyboard("{Control>}{Home}{/Control}{ArrowRight}{ArrowDown}");
    expect(by("heat-cell")).toHaveTextContent(/^Tue 1 – 2 h: /);
    expect(heat()).toHaveAttribute("aria-valuetext", by("heat-cell").textContent);
    expect(heat()).toHaveAttribute("aria-valuenow", "25");
    expect(ring()).not.toBeNull();
    await user.keyboard("{Escape}");
    expect([ring(), by("heat-cell").textContent]).toEqual([null, busiest]);
    await user.keyboard("{ArrowDown}");
    expect(by("heat-cell")).toHaveTextContent(/^Wed 1 – 2 h: /);
    heat().blur();
    await settle();
    expect(by("heat-cell")).toHaveTextContent(/^Busiest/);
  });

  it("say the cell that is pointed at", async () => {
    await openWindow("active", "usage");
    await fireEvent.pointerMove(heat(), { clientX: 639, clientY: 1 });
    expect(by("heat-cell")).toHaveTextContent(/^Mon 23 – 24 h: /);
    await fireEvent.pointerMove(heat(), { clientX: 10, clientY: 1 });
    expect(by("heat-cell")).toHaveTextContent(/^Busiest/);
    await fireEvent.pointerMove(heat(), { clientX: 639, clientY: 210 });
    expect(by("heat-cell")).toHaveTextContent(/^Sun 23 – 24 h: /);
    await fireEvent.pointerLeave(heat());
    expect(by("heat-cell")).toHaveTextContent(/^Busiest/);
  });

  it("are a table of hours and weekdays, if asked for", async () => {
    const { user } = await openWindow("active", "usage");
    const card = within(screen.getByRole("region", { name: "When" }));
    heat().focus();
    await settle();
    expect(by("heat-cell")).not.toHaveTextContent(/^Busiest/);
    expect(card.queryByRole("table")).toBeNull();
    await user.click(card.getByRole("button", { name: "Show as table" }));
    expect(card.getAllByRole("columnheader").map((cell) => cell.textContent)).toEqual(["When", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]);
    expect(card.getAllByRole("rowheader").map((cell) => cell.textContent)).toEqual(Array.from({ length: 24 }, (_, hour) => `${hour} – ${hour + 1} h`));
    expect(card.queryByRole("slider")).toBeNull();
    expect(by("heat-cell")).toHaveTextContent(/^Busiest/);
    expect(await axeFindings()).toEqual([]);
  });

  it("are saved like every chart", async () => {
    const { backend, user } = await openAt("range=7d");
    const saved = vi.spyOn(backend, "savePicture");
    await user.click(by("save-heat"));
    await user.click(screen.getByRole("menuitem", { name: /SVG/ }));
    await settle();
    expect(saved).toHaveBeenCalledWith("sample/northwind", { of: "heat_map", query: expect.objectContaining({ range: "7d" }) }, "svg", expect.objectContaining({ size: { width: 640, height: 240 } }));
    expect(by("chart-saved")).toHaveTextContent("northwind-hours.svg");
  });

  it("are read with the chart, once for each range", async () => {
    const { backend, user } = await openWindow("active", "usage");
    const asked = vi.spyOn(backend, "usage");
    await user.click(screen.getByRole("radio", { name: "90 d" }));
    await settle();
    expect(asked).toHaveBeenCalledOnce();
    expect(asked.mock.lastCall?.[3]).toEqual({ width: 640, height: 240 });
  });

  it("are nothing where nothing was used", async () => {
    await openWindow("empty", "usage");
    expect(screen.getByText("No credits were used in this range.")).toBeVisible();
    expect(screen.queryByRole("slider", { name: "Credits by weekday and hour" })).toBeNull();
  });
});

describe("axe finds nothing", () => {
  const SLOW = 30_000;
  it.each([["active", "control-automated-response"], ["member", "control-automated-response"], ["active", "filter"], ["active", "split"], ["active", "save-chart"]] as const)("%s, with %s open", async (scenario, what) => {
    const { user } = await openAt("by=feature&compare=1", scenario);
    await user.click(by(what));
    await settle();
    expect(await axeFindings()).toEqual([]);
  }, SLOW);
});
