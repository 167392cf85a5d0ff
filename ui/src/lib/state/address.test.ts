import { describe, expect, it, vi } from "vitest";
import type { UsageQuery } from "$lib/backend/types";
import { by, openWindow, settle } from "../../test/window";
import { addressOf, placeOf, searchOf } from "./address";

const place = (hash: string) => {
  const found = placeOf(hash);
  return found && [found.room, found.params.toString()];
};

describe("an address", () => {
  it.each([
    ["#/usage", ["usage", ""]],
    ["#/usage?", ["usage", ""]],
    ["#/usage?range=90d&compare=1", ["usage", "range=90d&compare=1"]],
    ["#/ledger?reference=%2348%3F&feature=a&feature=b", ["ledger", "reference=%2348%3F&feature=a&feature=b"]],
    ["#/ledger?reference=a?b", ["ledger", "reference=a%3Fb"]],
    ["#/nowhere?x=1", null],
    ["#usage", null],
    ["", null],
  ])("%s is %s", (hash, expected) => expect(place(hash)).toEqual(expected ? [expected[0], new URLSearchParams(expected[1]).toString()] : null));

  it("leaves out what is empty, and says what there is several of several times", () => {
    expect(searchOf({ a: null, b: undefined, c: "", d: 0, e: "x y", f: ["1", "2"], g: [] })).toBe("d=0&e=x+y&f=1&f=2");
  });

  it.each(["#48121", "a&b=c", "50 %", "ana+ben", "שלום", "?"])("comes back as it was: %s", (name) => {
    expect(placeOf(addressOf("ledger", searchOf({ name })))?.params.get("name")).toBe(name);
  });
});

describe("the window", () => {
  it("is where the address says when it opens, as after a reload", async () => {
    const asked: UsageQuery[] = [];
    await openWindow("active", "usage?range=90d", (backend) => {
      const { usage } = backend;
      vi.spyOn(backend, "usage").mockImplementation((key, query, look, heat) => {
        asked.push(query);
        return usage(key, query, look, heat);
      });
    });
    expect(by("room")).toHaveAttribute("data-room", "usage");
    expect(asked[0]).toMatchObject({ range: "90d" });
    expect(location.hash).toBe("#/usage?range=90d");
  });

  it("goes back and forward through rooms and what they were asked", async () => {
    const { user } = await openWindow("active", "overview");
    location.hash = "#/usage?range=7d";
    await settle();
    location.hash = "#/usage?range=90d";
    await settle();
    await user.click(by("nav-settings"));
    await settle();
    const back = async () => {
      history.back();
      await settle();
      return location.hash;
    };
    expect([await back(), await back(), await back()]).toEqual(["#/usage?range=90d", "#/usage?range=7d", "#/overview"]);
    expect(by("room")).toHaveAttribute("data-room", "overview");
    history.forward();
    await settle();
    expect(location.hash).toBe("#/usage?range=7d");
    expect(by("room")).toHaveAttribute("data-room", "usage");
  });

  it("links to a room as it was left", async () => {
    const { user } = await openWindow("active", "overview");
    expect(by("nav-usage")).toHaveAttribute("href", "#/usage");
    location.hash = "#/usage?range=30d";
    await settle();
    await user.click(by("nav-overview"));
    await settle();
    expect(by("nav-usage")).toHaveAttribute("href", "#/usage?range=30d");
    await user.click(by("nav-usage"));
    await settle();
    expect(location.hash).toBe("#/usage?range=30d");
  });

  it("stays where it is when an address names no room", async () => {
    await openWindow("active", "topup");
    location.hash = "#/nowhere";
    await settle();
    expect(by("room")).toHaveAttribute("data-room", "topup");
  });
});
