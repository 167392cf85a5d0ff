import "@fontsource-variable/inter/wght.css";
import "./styles/tokens.css";
import "./styles/base.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { openBackend } from "$lib/backend";
import { warmUp } from "$lib/format";

const target = document.getElementById("app")!;
/** Text that is laid out before its font is there is looked up in all of the system's fonts, and then laid out once more. */
const FONT = '400 1em "Inter Variable"';
/** A font that does not come is done without. */
const PATIENCE = 250;
const font = Promise.race([document.fonts.load(FONT).catch(() => []), new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
const arriving = Promise.all([openBackend(), font]);
warmUp();
const [backend] = await arriving;

// With invented data alone: a build for people has no gallery in it.
if (import.meta.env.MODE === "fake" && location.hash.startsWith("#/gallery")) {
  void import("$lib/gallery/Gallery.svelte").then(({ default: Gallery }) => mount(Gallery, { target, props: { backend } }));
} else {
  mount(App, { target, props: { backend } });
}
