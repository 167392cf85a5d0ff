import axe from "axe-core";
import { render, screen } from "@testing-library/svelte";
import userEvent, { type UserEvent } from "@testing-library/user-event";
import { vi } from "vitest";
import App from "../App.svelte";
import { createFake, type FakeBackend, type Scenario } from "$lib/backend/fake";
import type { Room } from "$lib/rooms/rooms";

/** A window in one situation, settled. */
export type OpenWindow = { backend: FakeBackend; user: UserEvent; settle: () => Promise<void> };

/** Lets everything that is under way finish: answers, effects, and the pauses between reads. */
export const settle = (): Promise<void> => vi.advanceTimersByTimeAsync(300).then(() => undefined);

/** Opens the window in a situation, at a room and what it is asked for, and waits until it has settled. */
export async function openWindow(scenario: Scenario = "active", room: Room | `${Room}?${string}` = "overview", prepare?: (backend: FakeBackend) => void): Promise<OpenWindow> {
  location.hash = `#/${room}`;
  const backend = createFake(scenario);
  prepare?.(backend);
  render(App, { props: { backend } });
  await settle();
  // What is not in the first picture is read after it.
  await vi.dynamicImportSettled();
  await settle();
  return { backend, user: userEvent.setup({ advanceTimers: (ms) => vi.advanceTimersByTimeAsync(ms).then(() => undefined) }), settle };
}

/** An element by its test id. */
export const by = (id: string): HTMLElement => screen.getByTestId(id);

/** What axe finds wrong with the page; colours are judged where there is a real window. */
export async function axeFindings(): Promise<string[]> {
  vi.useRealTimers();
  const { violations } = await axe.run(document.body, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join(" ")}`);
}
