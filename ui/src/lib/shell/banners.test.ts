import { screen, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import { by, openWindow, settle } from "../../test/window";

const notices = () => screen.queryAllByTestId("notice");

describe("an incident", () => {
  it.each(["overview", "usage", "topup", "settings"] as const)("is told at the top of %s, and can not be dismissed", async (room) => {
    await openWindow("broken", room);
    expect(by("incident")).toHaveTextContent("An entry was altered: its hash does not fit its content.");
    expect(by("incident")).toHaveTextContent("Entry 4,112, since Sat 14:02");
    expect(within(by("incident")).getByText("Sat 14:02")).toHaveAttribute("title", expect.stringContaining("Saturday 21 November 2026, 14:02:23 UTC"));
    expect(screen.getByRole("main").firstElementChild).toContainElement(by("incident"));
    expect(within(by("incident")).getAllByRole("button").map((button) => button.textContent)).toEqual(["Show report"]);
  });

  it("goes when the ledger is right again", async () => {
    const { backend } = await openWindow("broken");
    backend.report({});
    await settle();
    expect(screen.queryByTestId("incident")).toBeNull();
  });

  it("is not told of another workspace", async () => {
    const { user } = await openWindow("broken");
    await user.click(by("switcher"));
    await user.keyboard("{ArrowDown}{Enter}");
    await settle();
    expect(by("switcher")).toHaveTextContent("Harbor Dental");
    expect(screen.queryByTestId("incident")).toBeNull();
  });
});

describe("its report", () => {
  const open = async () => {
    const opened = await openWindow("broken");
    await opened.user.click(screen.getByRole("button", { name: "Show report" }));
    await settle();
    return opened;
  };
  const report = () => screen.getByRole("dialog", { name: "What is wrong with the ledger of Northwind Support" });

  it("says what, where, since when, what should be and what is", async () => {
    await open();
    const facts = [...report().querySelectorAll("dl > div")].map((fact) => (fact.textContent ?? "").replace(/\s+/g, " ").trim());
    expect(facts[0]).toBe("Entry 4,112");
    expect(facts[1]).toMatch(/^Since Saturday 21 November 2026, 14:02:23 UTC/);
    expect(facts[2]).toMatch(/^Expected hash 9f2c61b0[0-9a-f]+$/);
    expect(facts[3]).toMatch(/^Found hash 03d7a1e8[0-9a-f]+$/);
    expect(facts[4]).toBe("Good here up to 4,111");
    expect(facts[5]).toBe("What to do Send your provider the report before you rely on newer numbers.");
    expect(within(report()).getByRole("region", { name: "Report" })).toHaveTextContent(/Incident\s+entry 4112 .*Workspace\s+northwind/);
  });

  it("takes the focus, closes with Escape and gives the focus back", async () => {
    const { user } = await open();
    expect(report()).toContainElement(document.activeElement as HTMLElement);
    await user.keyboard("{Escape}");
    await settle();
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(screen.getByRole("button", { name: "Show report" })).toHaveFocus();
  });

  it("is copied", async () => {
    const { user } = await open();
    await user.click(within(report()).getByRole("button", { name: "Copy" }));
    expect(await navigator.clipboard.readText()).toMatch(/^Incident {9}entry 4112/);
    expect(report()).toHaveTextContent("Copied");
  });

  it("is saved, and the way there is shown", async () => {
    const { user, backend } = await open();
    const show = vi.spyOn(backend, "showInFolder");
    await user.click(within(report()).getByRole("button", { name: "Save report" }));
    await settle();
    expect(by("report-saved")).toHaveTextContent("/home/you/Downloads/creditdeck-incident-northwind.txt");
    await user.click(screen.getByRole("button", { name: "Show in folder" }));
    expect(show).toHaveBeenCalledWith("/home/you/Downloads/creditdeck-incident-northwind.txt");
  });

  it("says why it could not be saved", async () => {
    const { user, backend } = await open();
    vi.spyOn(backend, "saveIncidentReport").mockRejectedValue({ code: "not_written", message: "The file could not be written.", advice: "Free some space.", detail: "ENOSPC" });
    await user.click(within(report()).getByRole("button", { name: "Save report" }));
    await settle();
    expect(by("report-error")).toHaveTextContent("The file could not be written.");
    expect(screen.queryByTestId("report-saved")).toBeNull();
  });

  it("asks the service again and makes room; the focus is not lost with what opened it", async () => {
    const { user, backend } = await open();
    await user.click(within(report()).getByRole("button", { name: "Try again" }));
    await settle();
    expect(backend.calls["retrySync"]).toBe(1);
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(by("room")).toHaveFocus();
    await vi.advanceTimersByTimeAsync(500);
    expect(by("incident")).toBeVisible();
  });

  it("stays open to be read though the ledger is right again meanwhile", async () => {
    const { backend } = await open();
    backend.report({});
    await settle();
    expect(screen.queryByTestId("incident")).toBeNull();
    expect(report()).toHaveTextContent("Good here up to");
  });
});

describe("notices", () => {
  it("say what happened to the local copy, with the technical part folded away", async () => {
    await openWindow("notices");
    expect(notices().map((notice) => notice.dataset["code"])).toEqual(["set_aside", "lost"]);
    expect(notices()[0]).toHaveTextContent("everything is fetched anew from the service. Nothing is lost.");
    expect(notices()[0]?.querySelector("details")).not.toHaveAttribute("open");
    expect(notices()[0]?.querySelector("details")).toHaveTextContent("file is not a database");
  });

  it("are dismissed for good, whatever is told next, and the focus is not lost", async () => {
    const { user, backend } = await openWindow("notices");
    await user.click(screen.getByRole("button", { name: "Dismiss: The local copy was set aside" }));
    await settle();
    expect(notices().map((notice) => notice.dataset["code"])).toEqual(["lost"]);
    expect(by("room")).toHaveFocus();
    const { notices: told } = await backend.syncStatus("sample/northwind");
    backend.report({ notices: told, entries: 9_001 });
    await user.click(by("nav-usage"));
    await settle();
    expect(notices().map((notice) => notice.dataset["code"])).toEqual(["lost"]);
  });

  it("tell that the file with the connections was set aside, once for all workspaces", async () => {
    const { user, backend } = await openWindow("notices");
    const detail = "it is the database of another program: /home/you/.local/share/creditdeck/desk.db.bad-1";
    const notice = { code: "desk_set_aside" as const, message: "Connect to your workspaces again.", detail };
    backend.report({ notices: [notice] });
    await settle();
    expect(notices()).toHaveLength(1);
    expect(notices()[0]).toHaveTextContent("Connections and settings were set aside");
    expect(notices()[0]).toHaveTextContent("desk.db.bad-1");
    await user.click(screen.getByRole("button", { name: "Dismiss: Connections and settings were set aside" }));
    await settle();
    expect(notices()).toHaveLength(0);
  });

  it("tell that this computer's clock is wrong, and dates go by the service's", async () => {
    await openWindow("wrong_clock");
    expect(notices()).toHaveLength(1);
    expect(notices()[0]).toHaveTextContent("This computer's clock is 3 days behind the service's.");
    expect(notices()[0]).toHaveTextContent("Refresh dates and forecasts go by the service's clock.");
    // Computed from 25 November, as the service has it, though this computer says 22 November.
    expect(by("room")).toHaveTextContent("in 5 d 9 h");
  });

  it("are none for a clock that is right, or right enough", async () => {
    const { backend } = await openWindow();
    expect(notices()).toEqual([]);
    backend.report({ clockBehindMs: -119_000 });
    await settle();
    expect(notices()).toEqual([]);
    backend.report({ clockBehindMs: -120_000 });
    await settle();
    expect(notices()[0]).toHaveTextContent("2 minutes ahead of the service's");
  });
});
