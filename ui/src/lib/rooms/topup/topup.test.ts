import { screen, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import type { Scenario } from "$lib/backend/fake";
import { by, openWindow, settle } from "../../../test/window";

describe("packs", () => {
  it("say what they hold, cost and reach", async () => {
    await openWindow("active", "topup");
    const pack = by("pack-small");
    for (const words of ["1,000 credits", "$15", "$0.015 a credit", "size and price set by your provider", "About 380 \u2068replies\u2069 or 15 \u2068syncs\u2069 at your mix", "Lasts until Sat 28 Nov at this pace", "Never expires"]) expect(pack).toHaveTextContent(words);
    expect(pack).not.toHaveTextContent("Recommended");
    expect(by("pack-medium")).toHaveTextContent("Recommended");
    expect(by("pack-medium")).toHaveTextContent("Lasts past the refresh");
  });

  it("are bought in the browser and followed here", async () => {
    const { backend, user } = await openWindow("active", "topup");
    await user.click(by("buy-medium"));
    await settle();
    expect(backend.calls["buyPack"]).toBe(1);
    expect(by("purchase-p1")).toHaveAttribute("data-state", "waiting");
    backend.move("p1", "processing");
    await settle();
    expect(by("purchase-p1").querySelector("[aria-current=step]")).toHaveTextContent("Processing");
    backend.move("p1", "credited");
    await settle();
    expect(by("purchase-p1")).toHaveAttribute("data-state", "credited");
  });

  it("say that buying needs the service while it can not be reached", async () => {
    await openWindow("offline", "topup");
    expect(by("room")).toHaveTextContent("Buying needs the credit service, which does not answer now.");
  });

  it("say why buying failed", async () => {
    const { user } = await openWindow("active", "topup", (backend) => {
      vi.spyOn(backend, "buyPack").mockRejectedValue({ code: "offline", message: "Buying needs the service.", advice: "Try later.", detail: null });
    });
    await user.click(by("buy-small"));
    await settle();
    expect(by("buy-error")).toHaveTextContent("Buying needs the service.");
    expect(by("buy-small")).toBeEnabled();
  });

  it.each<[Scenario, string, boolean]>([
    ["no_plan", "Boost Packs need a plan", false],
    ["plan_excludes_ai", "The plan Solo does not include AI", false],
    ["member", "Only owners and admins can buy credits", true],
  ])("can not be bought, and the page says why: %s", async (scenario, words, isUsed) => {
    await openWindow(scenario, "topup");
    expect(by("blocked")).toHaveTextContent(words);
    // Nobody can say how long a pack lasts that nothing uses.
    expect(/Lasts|Too little history/.test(by("pack-medium").textContent)).toBe(isUsed);
    expect(by("buy-small")).toBeDisabled();
    expect(screen.queryByText("Recommended")).toBeNull();
  });
});

describe("purchases", () => {
  it.each([
    ["created", "Created", true],
    ["waiting", "Waiting for payment", true],
    ["processing", "Processing", false],
  ] as const)("show the step they are at: %s", async (id, words, open) => {
    await openWindow("purchases", "topup");
    const item = by(`purchase-${id}`);
    expect(item.querySelector("[aria-current=step]")).toHaveTextContent(words);
    expect(within(item).queryAllByRole("button").map((b) => b.textContent)).toEqual(open ? ["Resume", "Cancel"] : []);
  });

  it.each([
    ["credited", "Credited"],
    ["cancelled", "Cancelled"],
    ["failed", "The card was declined. Nothing was charged."],
    ["expired", "The payment page was not used for 24 hours."],
  ])("say how they ended: %s", async (id, words) => {
    await openWindow("purchases", "topup");
    const item = by(`purchase-${id}`);
    expect(item).toHaveTextContent(words);
    expect(within(item).queryByRole("button")).toBeNull();
  });

  it("say what is left of a pack", async () => {
    await openWindow("purchases", "topup");
    expect(by("purchase-credited")).toHaveTextContent("2,425 left");
    expect(by("purchase-failed")).not.toHaveTextContent("left");
  });

  it("are resumed and cancelled", async () => {
    const { backend, user } = await openWindow("purchases", "topup");
    await user.click(within(by("purchase-created")).getByRole("button", { name: /Resume/ }));
    await settle();
    expect(by("purchase-created")).toHaveAttribute("data-state", "waiting");
    await user.click(within(by("purchase-waiting")).getByRole("button", { name: /Cancel/ }));
    await settle();
    expect(by("purchase-waiting")).toHaveAttribute("data-state", "cancelled");
    expect(backend.calls).toMatchObject({ resumePurchase: 1, cancelPurchase: 1 });
  });
});
