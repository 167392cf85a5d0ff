/** So many are kept: those of the questions that somebody goes back and forth between. */
const KEPT = 12;

/** Answers by their questions, the newest of them. */
export class Answers<T> {
  /** The one that was asked for last stands at the end. */
  readonly #all = new Map<string, T>();

  get(question: string | undefined): T | undefined {
    if (question === undefined) return undefined;
    const answer = this.#all.get(question);
    if (answer !== undefined) this.keep(question, answer);
    return answer;
  }

  keep(question: string | undefined, answer: T): void {
    if (question === undefined) return;
    this.#all.delete(question);
    this.#all.set(question, answer);
    const [oldest] = this.#all.keys();
    if (this.#all.size > KEPT && oldest !== undefined) this.#all.delete(oldest);
  }

  forget(): void {
    this.#all.clear();
  }
}
