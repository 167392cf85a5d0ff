import { isRoom } from "$lib/rooms/rooms";
import type { AppState } from "./app.svelte";
import { whenThere } from "./appear";
import type { Command } from "./shortcuts";

/** The field that the ledger is searched with. */
const SEARCH = "ledger-search";

/** Does what a shortcut stands for. */
export function run(command: Command, app: AppState): void {
  if (isRoom(command)) return app.go(command);
  switch (command) {
    case "back":
      return history.back();
    case "forward":
      return history.forward();
    case "palette":
    case "shortcuts":
      app.overlay = command;
      return;
    case "search":
      app.go("ledger");
      return whenThere(SEARCH, (field) => field.focus());
    case "refresh":
      return void app.refresh();
  }
}
