import { screen, within } from "@testing-library/svelte";
import { afterEach, describe, expect, it, vi } from "vitest";
import { by, openWindow, settle } from "../../test/window";
import { KeyReader, SHORTCUTS, ariaKeys, capsOf, hintOf, type Command } from "./shortcuts";

const press = (key: string, more: KeyboardEventInit & { graph?: boolean } = {}, on: EventTarget = document.body) => {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, modifierAltGraph: more.graph === true, ...more });
  on.dispatchEvent(event);
  return event;
};
const read = (...events: KeyboardEvent[]): (Command | null)[] => {
  const keys = new KeyReader();
  return events.map((event) => keys.read(event));
};
const asMac = () => vi.spyOn(navigator, "platform", "get").mockReturnValue("MacIntel");

afterEach(() => document.body.replaceChildren());

describe("keys", () => {
  it("give a command alone, with another, or after each other", () => {
    expect(read(press("?", { shiftKey: true }))).toEqual(["shortcuts"]);
    expect(read(press("k", { ctrlKey: true }))).toEqual(["palette"]);
    expect(read(press("g"), press("u"))).toEqual([null, "usage"]);
    expect(read(press("ArrowLeft", { altKey: true }))).toEqual(["back"]);
  });

  it("after each other belong together only when they come soon, and nothing lies between", () => {
    const first = press("g");
    const late = press("u");
    Object.defineProperty(late, "timeStamp", { value: first.timeStamp + 1_001 });
    expect(read(first, late)).toEqual([null, null]);
    expect(read(press("g"), press("x"), press("u"))).toEqual([null, null, null]);
    expect(read(press("g"), press("g"), press("l"))).toEqual([null, null, "ledger"]);
    expect(read(press("g"), press("Shift"), press("r"))).toEqual([null, null, "refresh"]);
  });

  it("are other keys with other keys beside them", () => {
    expect(read(press("r", { ctrlKey: true }), press("r", { altKey: true }), press("R", { shiftKey: true }), press("k"), press("k", { ctrlKey: true, altKey: true }), press("k", { metaKey: true }))).toEqual([null, null, null, null, null, null]);
  });

  it("are found on keyboards that write them otherwise", () => {
    expect(read(press("/", { shiftKey: true, code: "Digit7" }))).toEqual(["search"]);
    expect(read(press("[", { ctrlKey: true, altKey: true, graph: true, code: "Digit8" }))).toEqual(["back"]);
    expect(read(press("é", { ctrlKey: true, code: "Digit2" }))).toEqual(["usage"]);
    expect(read(press("л", { ctrlKey: true, code: "KeyK" }))).toEqual(["palette"]);
  });

  it.each(["<input>", "<textarea></textarea>", "<select></select>", '<div contenteditable="true"></div>', '<ul role="listbox" tabindex="0"></ul>', '<div role="menu"><button role="menuitemradio"></button></div>'])("are text in %s, but for those that write nothing", (html) => {
    document.body.innerHTML = html;
    const field = document.querySelector<HTMLElement>("body > :not(:has(*)), button")!;
    if (html.includes("contenteditable")) Object.defineProperty(field, "isContentEditable", { value: true });
    expect(read(press("r", {}, field), press("?", {}, field), press("ArrowLeft", { altKey: true }, field))).toEqual([null, null, null]);
    expect(read(press("k", { ctrlKey: true }, field))).toEqual(["palette"]);
  });

  it("are no text on a radio button", () => {
    document.body.innerHTML = '<input type="radio">';
    expect(read(press("r", {}, document.body.firstElementChild!))).toEqual(["refresh"]);
  });

  it("are Command and its signs on a Mac", () => {
    asMac();
    expect(read(press("k", { metaKey: true }), press("k", { ctrlKey: true }))).toEqual(["palette", null]);
    expect([hintOf("palette"), ariaKeys("palette"), hintOf("search")]).toEqual(["⌘K", "Meta+K", "/"]);
    expect(capsOf([{ key: "ArrowLeft", alt: true }])).toEqual([["⌥", "←"]]);
  });

  it("have names elsewhere", () => {
    expect([hintOf("usage"), ariaKeys("usage"), ariaKeys("back")]).toEqual(["Ctrl 2", "Control+2", "[ Alt+ArrowLeft"]);
    expect(capsOf([{ key: "g" }, { key: "o" }])).toEqual([["G"], ["O"]]);
  });

  it("never stand for two commands", () => {
    const all = SHORTCUTS.flatMap(({ keys }) => keys.map((one) => JSON.stringify(one)));
    expect(new Set(all).size).toBe(all.length);
  });
});

describe("in the window", () => {
  it("go to rooms, back and forward", async () => {
    const { user } = await openWindow();
    await user.keyboard("gl");
    expect(by("room")).toHaveAttribute("data-room", "ledger");
    await user.keyboard("gt");
    expect(by("room")).toHaveAttribute("data-room", "topup");
    await user.keyboard("[[");
    await settle();
    expect(by("room")).toHaveAttribute("data-room", "ledger");
    await user.keyboard("]");
    await settle();
    expect(by("room")).toHaveAttribute("data-room", "topup");
  });

  it("ask the service, and say that it was asked or why not", async () => {
    const { user, backend } = await openWindow();
    await user.keyboard("r");
    await settle();
    expect(backend.calls["retrySync"]).toBe(1);
    expect(by("said")).toHaveTextContent("Asked the service for what is new");
    await vi.advanceTimersByTimeAsync(4_000);
    expect(by("said")).toBeEmptyDOMElement();
    vi.spyOn(backend, "retrySync").mockRejectedValue({ code: "x", message: "Nothing follows it.", advice: "Wait.", detail: null });
    await user.keyboard("r");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(by("said")).toHaveTextContent("Nothing follows it. Wait.");
    await user.click(within(by("said")).getByRole("button", { name: "Dismiss" }));
    expect(by("said")).toBeEmptyDOMElement();
  });

  it("are listed, every one of them, and the list gives the focus back", async () => {
    const { user } = await openWindow();
    by("switcher").focus();
    await user.keyboard("?");
    const sheet = screen.getByRole("dialog", { name: "Keyboard shortcuts" });
    for (const { command, keys } of SHORTCUTS) {
      const row = within(sheet).getAllByRole("term").find((term) => term.textContent === { overview: "Overview", usage: "Usage", ledger: "Ledger", topup: "Top up", settings: "Settings", back: "Back", forward: "Forward", palette: "Search or jump to", search: "Search the ledger", refresh: "Ask the service for what is new", shortcuts: "These shortcuts" }[command])?.parentElement;
      expect([...(row?.querySelectorAll("kbd") ?? [])].map((cap) => cap.textContent)).toEqual(keys.flatMap((one) => capsOf(one)).flat());
    }
    // What lies over the window has the keys.
    await user.keyboard("gu");
    expect(by("room")).toHaveAttribute("data-room", "overview");
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(by("switcher")).toHaveFocus();
  });

  it("find the field that the ledger is searched with, from any room", async () => {
    const { user } = await openWindow();
    await user.keyboard("/");
    await settle();
    expect(by("room")).toHaveAttribute("data-room", "ledger");
    expect(document.getElementById("ledger-search")).toHaveFocus();
  });
});
