import { createFake, scenarioFromAddress } from "./fake";
import { tauriBackend } from "./tauri";
import type { Backend } from "./types";

const invented = import.meta.env.MODE === "test" || import.meta.env.MODE === "fake";

/** What the window talks to: the desktop shell, or invented data in the modes for tests and design. */
export const backend: Backend = invented ? createFake(scenarioFromAddress()) : tauriBackend;
