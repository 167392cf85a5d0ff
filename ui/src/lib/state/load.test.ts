import { expect, it, vi } from "vitest";
import { createFake } from "$lib/backend/fake";
import { AppState } from "./app.svelte";

it("reads once more what may have changed while it was read", async () => {
  const backend = createFake();
  const read = vi.spyOn(backend, "workspaces");
  const app = new AppState(backend);
  await Promise.all([app.load(), app.load(), app.load()]);
  expect(read).toHaveBeenCalledTimes(2);
  await app.load();
  expect(read).toHaveBeenCalledTimes(3);
});
