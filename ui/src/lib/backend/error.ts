import { text } from "$lib/text";
import type { AppError } from "./types";

/** Anything that a call rejected with, as an error that can be shown. Errors of our own already are. */
export function toAppError(thrown: unknown): AppError {
  if (isAppError(thrown)) return thrown;
  return {
    code: "unexpected",
    message: text.parts.unexpected,
    advice: text.parts.unexpectedAdvice,
    detail: thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown),
  };
}

function isAppError(thrown: unknown): thrown is AppError {
  return typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown && "advice" in thrown;
}
