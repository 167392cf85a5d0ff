/** What is not in the first picture, and is read once that is on screen. */

export { default as Ledger } from "./ledger/Ledger.svelte";
export { default as Settings } from "./settings/Settings.svelte";
export { default as TopUp } from "./topup/TopUp.svelte";
export { default as Usage } from "./usage/Usage.svelte";
export { default as FirstSync } from "../shell/FirstSync.svelte";
export { default as NoWorkspace } from "../shell/NoWorkspace.svelte";
export { default as Palette } from "../shell/palette/Palette.svelte";
export { default as ShortcutSheet } from "../shell/ShortcutSheet.svelte";
