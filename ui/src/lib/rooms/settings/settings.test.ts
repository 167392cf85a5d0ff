import { screen } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import { by, openWindow, settle } from "../../../test/window";

describe("appearance", () => {
  it("changes at once and is kept", async () => {
    const { backend, user } = await openWindow("active", "settings");
    const save = vi.spyOn(backend, "saveSettings");
    await user.click(screen.getByRole("radio", { name: "Dark" }));
    expect(document.documentElement.dataset["appearance"]).toBe("dark");
    expect(save).toHaveBeenCalledWith({ appearance: "dark", workspace: null });
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
