import { fireEvent, screen, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import type { AppError } from "$lib/backend/types";
import { by, openWindow, settle } from "../../../test/window";
import { EVERYTHING, daysProblem, requestOf } from "./wish";

const KEY = "sample/northwind";
const FULL: AppError = { code: "disk_full", message: "The disk is full, so nothing could be stored.", advice: "Free some space and try again.", detail: "ENOSPC" };
const nothing = requestOf(EVERYTHING, "UTC").filter;

describe("the local copy", () => {
  it("says its size, its entries, since when and where", async () => {
    await openWindow("active", "settings");
    const said = [...by("local-data").querySelectorAll("dl > div")].map((fact) => [...fact.children].map((part) => part.textContent).join(": "));
    expect(said).toEqual(["Size on disk: 1.5 MB", "Entries: 9,000", "Since: Sat 1 Nov 2025"]);
    expect(screen.getByRole("region", { name: "Where the copy is" })).toHaveTextContent("/home/you/.local/share/creditdeck/ledgers/1.db");
  });

  it("counts what comes without being asked anew", async () => {
    const { backend } = await openWindow("active", "settings");
    const asked = backend.calls["localCopy"];
    backend.report({ entries: 9_123 });
    await settle();
    expect(by("local-data")).toHaveTextContent("9,123");
    expect(backend.calls["localCopy"]).toBe(asked);
  });

  it("can be rebuilt though it can not be read", async () => {
    await openWindow("failing", "settings");
    expect(by("local-data")).toHaveTextContent("The data on this computer could not be read");
    expect(screen.getByRole("button", { name: "Rebuild…" })).toBeVisible();
    expect(screen.queryByTestId("verify")).toBeNull();
  });

  it("is none without a workspace", async () => {
    await openWindow("none", "settings");
    expect(screen.queryByTestId("local-data")).toBeNull();
  });
});

describe("verifying", () => {
  const verify = async (scenario: "active" | "damaged" = "active") => {
    const opened = await openWindow(scenario, "settings");
    await opened.user.click(by("verify-now"));
    await vi.advanceTimersByTimeAsync(450);
    return opened;
  };
  const finish = () => vi.advanceTimersByTimeAsync(1_500);

  it("shows how far it is, and that all is right", async () => {
    await verify();
    const bar = within(by("verify")).getByRole("progressbar", { name: "Verifying" });
    expect(bar).toHaveAttribute("aria-valuenow", expect.stringMatching(/^[45]0$/));
    expect(screen.getByRole("button", { name: "Stop: Verifying" })).toHaveFocus();
    await finish();
    expect(by("verdict")).toHaveTextContent("All 9,000 entries are right.");
    expect(by("verdict")).toHaveAttribute("data-verdict", "right");
    expect(by("verify-now")).toHaveFocus();
  });

  it("lists what is wrong and says what to do", async () => {
    await verify("damaged");
    await finish();
    expect(by("verdict")).toHaveTextContent("17 things are wrong in 9,000 entries.");
    const found = within(screen.getByRole("region", { name: "What was found" })).getAllByRole("listitem");
    expect(found).toHaveLength(6);
    expect(found[1]).toHaveTextContent("entry 4112: credits: 3, and the rules give 2");
    expect(found[5]).toHaveTextContent("… and 12 more");
    expect(by("verify")).toHaveTextContent("Rebuild the copy: everything is fetched anew.");
  });

  it("stops", async () => {
    const { user } = await verify();
    await user.click(screen.getByRole("button", { name: "Stop: Verifying" }));
    await finish();
    expect(by("verdict")).toHaveTextContent(/^Stopped\. Nothing is wrong with the first [\d,]+ entries/);
    expect(by("verdict")).toHaveAttribute("data-verdict", "stopped");
  });

  it("goes on while its room is closed, and what it came to is there", async () => {
    const { user, backend } = await verify();
    await user.click(by("nav-overview"));
    await vi.advanceTimersByTimeAsync(100);
    expect(screen.queryByTestId("verify")).toBeNull();
    await user.click(by("nav-settings"));
    await vi.advanceTimersByTimeAsync(50);
    expect(within(by("verify")).getByRole("progressbar")).toHaveAttribute("aria-valuenow", expect.stringMatching(/^[5-9]0$/));
    await user.click(by("nav-overview"));
    await finish();
    await user.click(by("nav-settings"));
    await settle();
    expect(by("verdict")).toHaveTextContent("All 9,000 entries are right.");
    expect(backend.calls["verifyNow"]).toBe(1);
  });

  it("says why it could not be done", async () => {
    const { backend, user } = await openWindow("active", "settings");
    vi.spyOn(backend, "verifyNow").mockRejectedValue({ code: "cache_unusable", message: "The local copy can not be used.", advice: "It is set aside.", detail: "page 7" });
    await user.click(by("verify-now"));
    await settle();
    expect(by("verify-error")).toHaveTextContent("The local copy can not be used.");
    expect(screen.queryByTestId("verdict")).toBeNull();
  });
});

describe("rebuilding", () => {
  it("asks first, and says what happens to the old copy", async () => {
    const { backend, user } = await openWindow("active", "settings");
    await user.click(screen.getByRole("button", { name: "Rebuild…" }));
    expect(by("rebuild")).toHaveTextContent("Everything is fetched anew from the service and checked on the way. The old copy is set aside, not deleted.");
    expect(screen.getByRole("button", { name: "Keep it as it is" })).toHaveFocus();
    await user.keyboard("{Enter}");
    expect(screen.getByRole("button", { name: "Rebuild…" })).toHaveFocus();
    expect(backend.calls).not.toHaveProperty("rebuild");
  });

  it("fetches everything anew and forgets what was found in the old copy", async () => {
    const { backend, user } = await openWindow("damaged", "settings");
    await user.click(by("verify-now"));
    await vi.advanceTimersByTimeAsync(1_500);
    expect(by("verdict")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Rebuild…" }));
    await user.click(screen.getByRole("button", { name: "Rebuild the copy" }));
    await settle();
    expect(backend.calls["rebuild"]).toBe(1);
    expect(screen.queryByTestId("verdict")).toBeNull();
    expect(by("rebuild")).toHaveTextContent("The old copy was set aside. Everything is being fetched anew.");
    expect(by("sync")).toHaveTextContent("Reading · 0 %");
    expect(by("notice")).toHaveAttribute("data-code", "set_aside");
  });

  it("says why it could not", async () => {
    const { backend, user } = await openWindow("active", "settings");
    vi.spyOn(backend, "rebuild").mockRejectedValue(FULL);
    await user.click(screen.getByRole("button", { name: "Rebuild…" }));
    await user.click(screen.getByRole("button", { name: "Rebuild the copy" }));
    await settle();
    expect(by("rebuild-error")).toHaveTextContent("The disk is full");
  });
});

describe("exporting", () => {
  const start = async (user: Awaited<ReturnType<typeof openWindow>>["user"]) => {
    await user.click(by("export-start"));
    await vi.advanceTimersByTimeAsync(450);
  };
  const finish = () => vi.advanceTimersByTimeAsync(1_500);

  it("writes everything, and shows where", async () => {
    const { backend, user } = await openWindow("active", "settings");
    const wanted = vi.spyOn(backend, "exportLedger");
    const show = vi.spyOn(backend, "showInFolder");
    await start(user);
    expect(wanted).toHaveBeenCalledWith(KEY, { format: "csv", filter: nothing });
    expect(within(by("export")).getByRole("progressbar", { name: "Exporting" })).toBeVisible();
    expect(by("export-reference")).toBeDisabled();
    await finish();
    expect(by("exported")).toHaveTextContent("9,000 entries, 1.2 MB");
    expect(by("exported")).toHaveTextContent("/home/you/Downloads/northwind-ledger.csv");
    await user.click(screen.getByRole("button", { name: "Show in folder" }));
    expect(show).toHaveBeenCalledWith("/home/you/Downloads/northwind-ledger.csv");
  });

  it("asks for what was chosen", async () => {
    const { backend, user } = await openWindow("active", "settings");
    const wanted = vi.spyOn(backend, "exportLedger");
    await user.click(screen.getByRole("radio", { name: "SQLite" }));
    await user.click(screen.getByRole("radio", { name: "From – to" }));
    expect([by("export-first"), by("export-last")].map((field) => (field as HTMLInputElement).value)).toEqual(["2025-11-01", "2026-11-22"]);
    await fireEvent.input(by("export-first"), { target: { value: "2026-10-01" } });
    await fireEvent.input(by("export-last"), { target: { value: "2026-10-31" } });
    await user.selectOptions(by("export-feature"), "draft");
    await user.selectOptions(by("export-member"), "ana");
    await user.selectOptions(by("export-channel"), "email");
    await user.selectOptions(by("export-source"), "helpdesk");
    await user.type(by("export-reference"), "#48");
    await start(user);
    expect(wanted).toHaveBeenCalledWith(KEY, {
      format: "sqlite",
      filter: { from: Date.UTC(2026, 9, 1), to: Date.UTC(2026, 10, 1), kinds: [], features: ["draft"], member: "ana", channel: "email", source: "helpdesk", reference: "#48" },
    });
  });

  it("sends nothing while its days are wrong, and says so beside them", async () => {
    const { backend, user } = await openWindow("active", "settings");
    await user.click(screen.getByRole("radio", { name: "From – to" }));
    await fireEvent.input(by("export-first"), { target: { value: "2026-10-02" } });
    await fireEvent.input(by("export-last"), { target: { value: "2026-10-01" } });
    expect(by("export-first")).toBeInvalid();
    expect(by("export-first")).toHaveAccessibleDescription("The first day is after the last.");
    await user.click(by("export-start"));
    expect(by("export-first")).toHaveFocus();
    expect(backend.calls).not.toHaveProperty("exportLedger");
    // Without days there is nothing wrong with them.
    const wanted = vi.spyOn(backend, "exportLedger");
    await user.click(within(by("export")).getByRole("radio", { name: "All" }));
    await start(user);
    expect(wanted).toHaveBeenCalledWith(KEY, { format: "csv", filter: nothing });
  });

  it("stops without calling that a failure", async () => {
    const { user } = await openWindow("active", "settings");
    await start(user);
    await user.click(screen.getByRole("button", { name: "Stop: Exporting" }));
    await finish();
    expect(by("export")).toHaveTextContent("The export was stopped. Nothing was written.");
    expect(screen.queryByTestId("export-error")).toBeNull();
    expect(screen.queryByTestId("exported")).toBeNull();
    expect(by("export-start")).toHaveFocus();
  });

  it("says why it failed, and can be tried again", async () => {
    const { backend, user } = await openWindow("active", "settings");
    vi.spyOn(backend, "exportLedger").mockRejectedValueOnce(FULL);
    await user.click(by("export-start"));
    await settle();
    expect(by("export-error")).toHaveTextContent("Free some space and try again.");
    await start(user);
    expect(screen.queryByTestId("export-error")).toBeNull();
    await finish();
    expect(by("exported")).toBeVisible();
  });

  it("says why the folder could not be shown", async () => {
    const { backend, user } = await openWindow("active", "settings");
    vi.spyOn(backend, "showInFolder").mockRejectedValue({ code: "no_folder", message: "The folder could not be opened.", advice: "Look for it yourself.", detail: null });
    await start(user);
    await finish();
    await user.click(screen.getByRole("button", { name: "Show in folder" }));
    await settle();
    expect(by("export")).toHaveTextContent("The folder could not be opened.");
  });

  it("goes on while its room is closed", async () => {
    const { user } = await openWindow("active", "settings");
    await start(user);
    await user.click(by("nav-usage"));
    await finish();
    await user.click(by("nav-settings"));
    await settle();
    expect(by("exported")).toHaveTextContent("northwind-ledger.csv");
  });
});

describe("a wish", () => {
  const wish = (first: string, last: string) => ({ ...EVERYTHING, first, last });
  it("takes its days in the billing time zone, both included, each on its own", () => {
    const filter = requestOf(wish("2026-11-01", "2026-11-01"), "America/New_York").filter;
    // The day on which clocks go back there is 25 hours long.
    expect([filter.from, filter.to]).toEqual([Date.parse("2026-11-01T04:00:00Z"), Date.parse("2026-11-02T05:00:00Z")]);
    expect(requestOf(wish("", "2026-11-01"), "UTC").filter).toMatchObject({ from: null, to: Date.UTC(2026, 10, 2) });
    expect(requestOf(wish("2026-11-01", ""), "UTC").filter).toMatchObject({ from: Date.UTC(2026, 10, 1), to: null });
  });
  it("does not restrict by what is blank", () => expect(requestOf({ ...EVERYTHING, reference: "  " }, "UTC").filter.reference).toBeNull());
  it.each([
    ["", "", null],
    ["2026-11-01", "", null],
    ["2026-11-01", "2026-11-01", null],
    ["2026-11-02", "2026-11-01", "The first day is after the last."],
    ["1.11.2026", "", "Write a day as year-month-day, like 2026-11-30."],
    ["", "2026-02-30", "Write a day as year-month-day, like 2026-11-30."],
  ])("from %s to %s: %s", (first, last, problem) => expect(daysProblem(wish(first, last), "UTC")).toBe(problem));
});
