import { screen, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import { by, openWindow, settle } from "../../../test/window";

describe("appearance", () => {
  it("changes at once and is kept", async () => {
    const { backend, user } = await openWindow("active", "settings");
    const save = vi.spyOn(backend, "saveSettings");
    await user.click(screen.getByRole("radio", { name: "Dark" }));
    expect(document.documentElement.dataset["appearance"]).toBe("dark");
    expect(save).toHaveBeenCalledWith({ appearance: "dark", locale: null, localTime: false, workspace: null });
  });
});

describe("numbers and dates", () => {
  const example = () => (by("example").textContent ?? "").replace(/[\u00a0\u202f]/g, " ").trim();

  it("are written as in the locale that is chosen, everywhere and at once", async () => {
    const { backend, user } = await openWindow("active", "settings");
    const save = vi.spyOn(backend, "saveSettings");
    expect(by("locale")).toHaveValue("en-GB");
    expect(example()).toBe("For example 1,234,567 · Sun 22 Nov · $1,234.50");
    await user.selectOptions(by("locale"), "Deutsch");
    expect(save).toHaveBeenCalledWith({ appearance: "system", locale: "de-DE", localTime: false, workspace: null });
    expect(example()).toBe("For example 1.234.567 · So., 22. Nov. · 1.234,50 $");
    expect(by("local-data")).toHaveTextContent("9.000");
    await user.click(by("nav-overview"));
    await settle();
    expect(by("available")).toHaveTextContent("6.778");
  });

  it("say why a choice could not be kept", async () => {
    const { backend, user } = await openWindow("active", "settings");
    vi.spyOn(backend, "saveSettings").mockRejectedValue({ code: "disk_full", message: "The disk is full.", advice: "Free some space.", detail: null });
    await user.selectOptions(by("locale"), "Français");
    await settle();
    expect(by("display-error")).toHaveTextContent("The disk is full.");
  });
});

describe("times", () => {
  const inTokyo = () => vi.spyOn(Intl.DateTimeFormat.prototype, "resolvedOptions").mockReturnValue({ timeZone: "Asia/Tokyo" } as Intl.ResolvedDateTimeFormatOptions);

  it("are those of the workspace until somebody wants this computer's", async () => {
    inTokyo();
    const { backend, user } = await openWindow("active", "settings");
    const save = vi.spyOn(backend, "saveSettings");
    expect(screen.getByRole("radio", { name: "Billing zone (UTC)" })).toBeChecked();
    await user.click(by("sync"));
    expect(by("sync-panel")).toHaveTextContent("14:02:11");
    await user.click(screen.getByRole("radio", { name: "This computer (Asia/Tokyo)" }));
    expect(save).toHaveBeenCalledWith({ appearance: "system", locale: null, localTime: true, workspace: null });
    await user.click(by("sync"));
    // The instant in full has both, whichever is shown.
    expect(within(by("sync-panel")).getByText("23:02:11")).toHaveAttribute("title", expect.stringMatching(/14:02:11 UTC\n.*23:02:11 .*on this computer/));
  });

  it("of an export are those that are shown", async () => {
    inTokyo();
    const { backend, user } = await openWindow("active", "settings", (b) => {
      vi.spyOn(b, "settings").mockResolvedValue({ appearance: "system", workspace: null, locale: null, localTime: true });
    });
    const wanted = vi.spyOn(backend, "exportLedger");
    await user.click(screen.getByRole("radio", { name: "From – to" }));
    await user.click(by("export-start"));
    // From midnight in Tokyo: nine hours before midnight in UTC.
    expect(wanted.mock.lastCall?.[1].filter).toMatchObject({ from: Date.UTC(2025, 9, 31, 15), to: Date.UTC(2026, 10, 22, 15) });
  });
});

describe("connections", () => {
  it("show the sample service and how to report to it", async () => {
    await openWindow("active", "settings");
    expect(by("room")).toHaveTextContent("Sample service http://127.0.0.1:8787");
    expect(screen.getByRole("region", { name: "Command line" })).toHaveTextContent(/^curl /);
    expect(screen.queryByRole("button", { name: /Disconnect/ })).toBeNull();
  });

  it("names what is missing beside each field, and sends nothing", async () => {
    const { backend, user } = await openWindow("active", "settings");
    await user.type(by("connect-url"), "credits.example.com");
    await user.click(by("connect-submit"));
    expect(by("connect-url")).toHaveAccessibleDescription("An address begins with https://");
    expect(by("connect-workspace")).toHaveAccessibleDescription("Enter the workspace id.");
    expect(by("connect-token")).toBeInvalid();
    expect(by("connect-url")).toHaveFocus();
    expect(backend.calls).not.toHaveProperty("connect");
  });

  const fill = async (user: Awaited<ReturnType<typeof openWindow>>["user"], token: string) => {
    await user.type(by("connect-url"), "https://credits.example.com");
    await user.type(by("connect-workspace"), "acme");
    await user.type(by("connect-token"), token);
    await user.click(by("connect-submit"));
    await settle();
  };

  it("says why the service refused, and keeps what was typed", async () => {
    const { user } = await openWindow("active", "settings");
    await fill(user, "wrong");
    expect(by("connect-error")).toHaveAttribute("data-code", "unauthorized");
    expect(by("connect-url")).toHaveValue("https://credits.example.com");
  });

  it("takes a pairing code alone, however it is typed", async () => {
    const { user, backend } = await openWindow("active", "settings");
    await user.type(by("connect-url"), "https://credits.example.com");
    await user.type(by("connect-token"), "7k3mq-");
    expect(by("connect-workspace")).toBeEnabled();
    await user.type(by("connect-token"), " 2xw9d");
    expect(by("connect-workspace")).toBeDisabled();
    await user.click(by("connect-submit"));
    await settle();
    expect(backend.calls["connect"]).toBe(1);
  });

  it("shows the connected workspace, forgets the token, and disconnects after asking", async () => {
    const { user, backend } = await openWindow("active", "settings");
    expect(by("connect-token")).toHaveAttribute("type", "password");
    await fill(user, "right");
    expect(by("switcher")).toHaveTextContent("acme");
    expect(by("connect-token")).toHaveValue("");
    await user.click(screen.getByRole("button", { name: "Disconnect acme…" }));
    expect(backend.calls).not.toHaveProperty("disconnect");
    await user.click(screen.getByRole("button", { name: "Disconnect acme" }));
    await settle();
    expect(backend.calls["disconnect"]).toBe(1);
    expect(by("switcher")).toHaveTextContent("Northwind Support");
  });
});
