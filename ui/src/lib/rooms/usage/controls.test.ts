import { screen, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import { by, openWindow, settle, type OpenWindow } from "../../../test/window";

const editor = () => within(by("control-editor"));

async function open(opened: Promise<OpenWindow>, control = "control-automated-response"): Promise<OpenWindow> {
  const { user, ...rest } = await opened;
  await user.click(by(control));
  await settle();
  return { user, ...rest };
}

describe("the control of a feature", () => {
  it("says how it is, and opens with the focus in it", async () => {
    await open(openWindow("active", "usage"));
    expect(by("control-automated-response")).toHaveAccessibleName("Control of Automated responses: cap 1,500");
    expect(screen.getByRole("dialog", { name: "Control of Automated responses" })).toHaveTextContent("1,018 of 1,500 credits used in this period");
    expect(editor().getByRole("switch", { name: "May run" })).toHaveFocus();
    expect(editor().getByRole("button", { name: "Apply" })).toBeDisabled();
  });

  it("shows what a change would do before it is made, and only then asks for it", async () => {
    const { backend, user } = await open(openWindow("active", "usage"));
    vi.spyOn(backend, "previewControls").mockResolvedValue({
      now: { verdict: "runs_out", at: Date.UTC(2026, 10, 24), from: null, to: null }, then: { verdict: "runs_out", at: Date.UTC(2026, 10, 29), from: Date.UTC(2026, 10, 27), to: Date.UTC(2026, 11, 2) },
      expectedNow: 2_000, expectedThen: 1_512,
    });
    const set = vi.spyOn(backend, "setControls");
    await user.click(editor().getByRole("switch", { name: "May run" }));
    await settle();
    expect(by("outcome")).toHaveTextContent("Credits then last until Sun 29 Nov instead of Tue 24 Nov. Likely 27 Nov – 2 Dec. About 490 credits fewer up to the refresh.");
    expect(set).not.toHaveBeenCalled();
    await user.click(editor().getByRole("button", { name: "Apply" }));
    await settle();
    expect(set).toHaveBeenCalledWith("sample/northwind", { automation: null, features: { "automated-response": { on: false, cap: null } } });
    expect(screen.queryByTestId("control-editor")).toBeNull();
    expect(by("control-automated-response")).toHaveFocus();
    expect(by("control-automated-response")).toHaveAccessibleName("Control of Automated responses: off");
  });

  it("sets and lifts a cap, and refuses what is no number", async () => {
    const { backend, user } = await open(openWindow("active", "usage"));
    const set = vi.spyOn(backend, "setControls");
    const field = () => editor().getByRole("textbox", { name: "Most credits a period" });
    await user.clear(field());
    await user.type(field(), "a few");
    expect(field()).toBeInvalid();
    expect(editor().getByRole("button", { name: "Apply" })).toBeDisabled();
    await user.clear(field());
    await user.type(field(), "2 000{Enter}");
    await settle();
    expect(set.mock.lastCall?.[1].features).toEqual({ "automated-response": { on: null, cap: { credits: 2_000 } } });
    await user.click(by("control-automated-response"));
    await user.click(editor().getByRole("radio", { name: "None" }));
    await user.click(editor().getByRole("button", { name: "Apply" }));
    await settle();
    expect(set.mock.lastCall?.[1].features).toEqual({ "automated-response": { on: null, cap: { credits: null } } });
  });

  it("goes without a trace when it is left", async () => {
    const { backend, user } = await open(openWindow("active", "usage"), "control-draft");
    const set = vi.spyOn(backend, "setControls");
    await user.click(editor().getByRole("switch", { name: "May run" }));
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("control-editor")).toBeNull();
    expect(by("control-draft")).toHaveFocus();
    await user.click(by("control-draft"));
    expect(editor().getByRole("switch", { name: "May run" })).toBeChecked();
    expect(set).not.toHaveBeenCalled();
  });

  it("tells a member who can change it", async () => {
    await open(openWindow("member", "usage"));
    expect(by("control-editor")).toHaveTextContent("An owner or admin of this workspace can change this.");
    expect(editor().getByRole("switch", { name: "May run" })).toBeDisabled();
    expect(editor().getByRole("button", { name: "Close" })).toHaveFocus();
  });

  it("says that it needs the service while that cannot be reached", async () => {
    await open(openWindow("offline", "usage"));
    expect(by("control-editor")).toHaveTextContent("Changing it needs the service, which cannot be reached now.");
    expect(editor().queryByRole("button", { name: "Apply" })).toBeNull();
  });

  it("stays open with the reason when the service refuses", async () => {
    const { backend, user } = await open(openWindow("active", "usage"));
    vi.spyOn(backend, "setControls").mockRejectedValue({ code: "forbidden", message: "The service did not allow this.", advice: "Ask an admin.", detail: null });
    await user.click(editor().getByRole("switch", { name: "May run" }));
    await user.click(editor().getByRole("button", { name: "Apply" }));
    await settle();
    expect(by("control-error")).toHaveTextContent("The service did not allow this.");
  });
});

describe("automation", () => {
  it("is turned off for all that need it", async () => {
    const { backend, user } = await open(openWindow("active", "usage"), "automation");
    const set = vi.spyOn(backend, "setControls");
    expect(by("control-editor")).toHaveTextContent("Needed by Automated responses.");
    await user.click(editor().getByRole("switch", { name: "Automation" }));
    await user.click(editor().getByRole("button", { name: "Apply" }));
    await settle();
    expect(set).toHaveBeenCalledWith("sample/northwind", { automation: false, features: {} });
    expect(by("automation")).toHaveAccessibleName("Automation is off");
    expect(by("control-automated-response")).toHaveAccessibleName("Control of Automated responses: automation off");
  });
});

it("there are none where usage is split by who or where", async () => {
  await openWindow("active", "usage");
  location.hash = "#/usage?by=member";
  window.dispatchEvent(new HashChangeEvent("hashchange"));
  await settle();
  expect(screen.queryByRole("columnheader", { name: "Control" })).toBeNull();
});
