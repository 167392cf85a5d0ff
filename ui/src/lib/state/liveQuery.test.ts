import { afterEach, describe, expect, it, vi } from "vitest";
import { LATE_AFTER, LiveQuery } from "./liveQuery.svelte";

/** A read whose answers are given by hand. */
function byHand() {
  const open: { resolve: (value: string) => void; reject: (error: unknown) => void }[] = [];
  const load = vi.fn(() => new Promise<string>((resolve, reject) => open.push({ resolve, reject })));
  const flush = () => vi.advanceTimersByTimeAsync(0);
  return {
    load,
    answer: (i: number, value: string) => (open[i]!.resolve(value), flush()),
    fail: (i: number, error: unknown) => (open[i]!.reject(error), flush()),
  };
}

describe("a live query", () => {
  let query: LiveQuery<string>;
  const start = (scope = "a") => {
    const hand = byHand();
    query = new LiveQuery<string>();
    query.follow({ scope, load: hand.load });
    return hand;
  };
  afterEach(() => query.stop());

  it("answers a burst of changes with one more read", async () => {
    const hand = start();
    for (let i = 0; i < 50; i++) query.refresh();
    expect(hand.load).toHaveBeenCalledTimes(1);
    await hand.answer(0, "one");
    await vi.advanceTimersByTimeAsync(100);
    expect(hand.load).toHaveBeenCalledTimes(2);
    await hand.answer(1, "two");
    await vi.advanceTimersByTimeAsync(1000);
    expect(hand.load).toHaveBeenCalledTimes(2);
    expect(query.data).toBe("two");
  });

  it("answers a question again without reading, until something may have changed", async () => {
    query = new LiveQuery<string>();
    const hand = byHand();
    const ask = (question: string) => query.follow({ scope: "a", question, load: hand.load });
    ask("7 days");
    await hand.answer(0, "seven");
    ask("30 days");
    await hand.answer(1, "thirty");
    ask("7 days");
    expect(query.data).toBe("seven");
    expect(query.busy).toBe(false);
    expect(hand.load).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(1000);
    query.refresh();
    expect(hand.load).toHaveBeenCalledTimes(3);
    await hand.answer(2, "seven more");
    ask("30 days");
    expect(hand.load).toHaveBeenCalledTimes(4);
    await hand.answer(3, "thirty more");
    expect(query.data).toBe("thirty more");
  });

  it("keeps no answer that may have changed while it was read, nor one of another scope", async () => {
    query = new LiveQuery<string>();
    const hand = byHand();
    const ask = (question: string, scope = "a") => query.follow({ scope, question, load: hand.load });
    ask("7 days");
    query.refresh();
    await hand.answer(0, "old");
    ask("30 days");
    await hand.answer(1, "thirty");
    ask("7 days");
    expect(hand.load).toHaveBeenCalledTimes(3);
    await hand.answer(2, "new");
    ask("30 days", "b");
    expect(query.data).toBeUndefined();
    expect(hand.load).toHaveBeenCalledTimes(4);
  });

  it("is not overtaken by what was under way when it knew the answer", async () => {
    query = new LiveQuery<string>();
    const hand = byHand();
    const ask = (question: string) => query.follow({ scope: "a", question, load: hand.load });
    ask("7 days");
    await hand.answer(0, "seven");
    ask("30 days");
    ask("7 days");
    await hand.answer(1, "thirty");
    expect(query.data).toBe("seven");
  });

  it("reads at most ten times a second however fast the ledger changes", async () => {
    const load = vi.fn(() => Promise.resolve("x"));
    query = new LiveQuery<string>();
    query.follow({ scope: "a", load });
    for (let i = 0; i < 200; i++) {
      query.refresh();
      await vi.advanceTimersByTimeAsync(5);
    }
    expect(load.mock.calls.length).toBeGreaterThan(5);
    expect(load.mock.calls.length).toBeLessThanOrEqual(11);
  });

  it("says that an answer is late, each time anew", async () => {
    query = new LiveQuery<string>();
    const hand = byHand();
    const ask = (question: string) => query.follow({ scope: "a", question, load: hand.load });
    for (const [i, question] of ["7 days", "30 days"].entries()) {
      ask(question);
      await vi.advanceTimersByTimeAsync(LATE_AFTER - 1);
      expect([query.busy, query.late]).toEqual([true, false]);
      await vi.advanceTimersByTimeAsync(1);
      expect(query.late).toBe(true);
      await hand.answer(i, "data");
      expect([query.busy, query.late]).toEqual([false, false]);
    }
    ask("90 days");
    ask("7 days");
    await vi.advanceTimersByTimeAsync(LATE_AFTER);
    expect([query.busy, query.late]).toEqual([false, false]);
  });

  it("waits for what is not here yet, and shows it once it came", async () => {
    const hand = start();
    await hand.fail(0, { code: "not_synced", message: "m", advice: "a", detail: null });
    expect(query.error).toBeNull();
    await vi.advanceTimersByTimeAsync(200);
    expect(query.slow).toBe(true);
    query.refresh();
    await hand.answer(1, "here");
    expect(query.data).toBe("here");
    expect(query.slow).toBe(false);
  });

  it("keeps the old answer on screen until the new one is there", async () => {
    const hand = start();
    await hand.answer(0, "old");
    query.follow({ scope: "a", load: hand.load });
    expect(query.data).toBe("old");
    await hand.answer(1, "new");
    expect(query.data).toBe("new");
  });

  it("lets the newest answer win, in whatever order answers come", async () => {
    const hand = start();
    query.follow({ scope: "a", load: hand.load });
    await hand.answer(1, "second");
    await hand.answer(0, "first");
    expect(query.data).toBe("second");
  });

  it("shows nothing of another workspace", async () => {
    const hand = start("a");
    await hand.answer(0, "a's");
    query.follow({ scope: "b", load: hand.load });
    expect(query.data).toBeUndefined();
  });

  it("asks for a skeleton only when the first answer takes long", async () => {
    const hand = start();
    await vi.advanceTimersByTimeAsync(140);
    expect(query.slow).toBe(false);
    await vi.advanceTimersByTimeAsync(20);
    expect(query.slow).toBe(true);
    await hand.answer(0, "x");
    expect(query.slow).toBe(false);
    query.refresh();
    await vi.advanceTimersByTimeAsync(1000);
    expect(query.slow).toBe(false);
  });

  it("keeps the data when a later read fails, and forgets the failure when one works", async () => {
    const hand = start();
    await hand.answer(0, "x");
    query.follow({ scope: "a", load: hand.load });
    await hand.fail(1, { code: "gone", message: "m", advice: "a", detail: null });
    expect([query.data, query.error?.code]).toEqual(["x", "gone"]);
    query.follow({ scope: "a", load: hand.load });
    await hand.answer(2, "y");
    expect([query.data, query.error]).toEqual(["y", null]);
  });

  it("makes anything that is thrown an error that can be shown", async () => {
    const hand = start();
    await hand.fail(0, new TypeError("no such thing"));
    expect(query.error).toMatchObject({ code: "unexpected", detail: "TypeError: no such thing" });
  });
});
