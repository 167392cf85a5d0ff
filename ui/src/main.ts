import "@fontsource-variable/inter/wght.css";
import "./styles/tokens.css";
import "./styles/base.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { openBackend } from "$lib/backend";

const target = document.getElementById("app")!;
const backend = await openBackend();

// With invented data alone: a build for people has no gallery in it.
if (import.meta.env.MODE === "fake" && location.hash.startsWith("#/gallery")) {
  void import("$lib/gallery/Gallery.svelte").then(({ default: Gallery }) => mount(Gallery, { target, props: { backend } }));
} else {
  mount(App, { target, props: { backend } });
}
