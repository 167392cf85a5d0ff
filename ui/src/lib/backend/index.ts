import { createFake, scenarioFromAddress } from "./fake";
import { FirstAnswers } from "./opening";
import { tauriBackend } from "./tauri";
import type { Backend } from "./types";

const invented = import.meta.env.MODE === "test" || import.meta.env.MODE === "fake";

/** What the window talks to, with its first answers: the desktop shell, or invented data in the modes for tests and design. */
export async function openBackend(): Promise<Backend> {
  return invented ? createFake(scenarioFromAddress()) : tauriBackend(await FirstAnswers.arrive());
}
