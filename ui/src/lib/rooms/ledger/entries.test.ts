import { describe, expect, it, vi } from "vitest";
import type { LedgerPage, LedgerRow } from "$lib/backend/types";
import { FOUND_PAGE, FoundEntries, IN_VAIN } from "./found.svelte";
import type { ReadPage } from "./list";
import { PAGE, WholeLedger } from "./whole.svelte";

const row = (seq: number): LedgerRow => ({
  seq, kind: "usage", title: "Draft", detail: null, feature: "draft", group: "replies", units: 1, member: null, channel: null, source: null, reference: null, occurredAt: seq, recordedAt: seq, amount: -1, balanceAfter: seq,
});
const settle = () => vi.advanceTimersByTimeAsync(0);
const FAILURE = { code: "x", message: "It broke.", advice: "Wait.", detail: null };

/** A ledger that grows, and how it is read: `every`th entry fits the filter, and a page looks at no more than `looks`. */
function ledger(size: number, every = 1, looks = Infinity) {
  const state = { size };
  const read = vi.fn<ReadPage>(async (before, limit): Promise<LedgerPage> => {
    const rows: LedgerRow[] = [];
    let seq = Math.min(before ?? Infinity, state.size + 1) - 1;
    for (let looked = 0; seq > 0 && rows.length < limit && looked < looks; seq--, looked++) if (seq % every === 0) rows.push(row(seq));
    return { rows, nextBefore: seq > 0 ? seq + 1 : null, entries: state.size };
  });
  return { state, read, newest: (limit: number) => read(null, limit) };
}

describe("the whole ledger", () => {
  async function open(size: number) {
    const source = ledger(size);
    const list = new WholeLedger(source.read);
    list.accept(await source.newest(PAGE), true);
    source.read.mockClear();
    return { ...source, list };
  }

  it("knows every row's number before it is read", async () => {
    const { list } = await open(10_000_000);
    expect([list.count, list.seqOf(0), list.seqOf(9_999_999), list.indexOf(10_000_000), list.indexOf(1), list.indexOf(10_000_001)]).toEqual([10_000_000, 10_000_000, 1, 0, 9_999_999, null]);
    expect(list.row(5_000_000)).toBeUndefined();
  });

  it("reads what is in the window and its neighbours, and nothing twice", async () => {
    const { list, read } = await open(10_000_000);
    list.want(5_000_000, 5_000_040);
    await settle();
    expect(list.row(5_000_000)?.seq).toBe(5_000_000);
    expect(list.row(5_000_039)?.seq).toBe(4_999_961);
    const calls = read.mock.calls.length;
    expect(calls).toBeLessThanOrEqual(4);
    list.want(5_000_001, 5_000_041);
    await settle();
    expect(read.mock.calls.length).toBe(calls);
  });

  it("reads where somebody is, not all that was passed on the way there", async () => {
    const { list, read } = await open(1_000_000);
    for (let first = 0; first < 900_000; first += 10_000) list.want(first, first + 40);
    list.want(900_000, 900_040);
    await settle();
    expect(list.row(900_000)?.seq).toBe(100_000);
    expect(read.mock.calls.length).toBeLessThanOrEqual(7);
  });

  it("forgets what was read long ago, and keeps what is in the window", async () => {
    const { list, read } = await open(1_000_000);
    for (let page = 0; page < 100; page++) {
      list.want(page * PAGE, page * PAGE + 40);
      await settle();
    }
    expect(list.row(99 * PAGE)?.seq).toBe(1_000_000 - 99 * PAGE);
    expect(list.row(0)).toBeUndefined();
    list.want(0, 40);
    await settle();
    expect(list.row(0)?.seq).toBe(1_000_000);
    expect(read.mock.lastCall?.[1]).toBe(PAGE);
  });

  it("shows what is new at the top, and counts it elsewhere", async () => {
    const { list, state, newest } = await open(1_000);
    state.size = 1_012;
    list.accept(await newest(PAGE), false);
    expect([list.count, list.fresh, list.row(0)?.seq]).toEqual([1_000, 12, 1_000]);
    list.follow();
    expect([list.count, list.fresh, list.row(0)?.seq]).toEqual([1_012, 0, 1_012]);
    state.size = 1_013;
    list.accept(await newest(PAGE), true);
    expect([list.count, list.row(0)?.seq]).toEqual([1_013, 1_013]);
  });

  it("reads a page that was not full again when it is", async () => {
    const { list, state, newest } = await open(150);
    state.size = 400;
    list.accept(await newest(10), true);
    list.want(200, 300);
    await settle();
    expect(Array.from({ length: 100 }, (_, i) => list.row(200 + i)?.seq)).toEqual(Array.from({ length: 100 }, (_, i) => 200 - i));
  });

  it("begins anew when the ledger was built anew", async () => {
    const { list, state, newest } = await open(1_000);
    state.size = 40;
    list.accept(await newest(PAGE), false);
    expect([list.count, list.fresh, list.row(0)?.seq]).toEqual([40, 0, 40]);
  });

  it("stops at a failure, and goes on when asked", async () => {
    const { list, read } = await open(1_000);
    read.mockRejectedValueOnce(FAILURE);
    list.want(500, 540);
    await settle();
    expect(list.error?.code).toBe("x");
    list.goOn();
    await settle();
    expect(list.error).toBeNull();
    expect(list.row(500)?.seq).toBe(500);
  });

  it("goes from entry to entry", async () => {
    const { list } = await open(1_000);
    expect([list.beside(500, 1), list.beside(500, -1), list.beside(1, 1), list.beside(1_000, -1)]).toEqual([499, 501, null, null]);
  });
});

describe("what a filter lets through", () => {
  async function open(size: number, every: number, looks = Infinity) {
    const source = ledger(size, every, looks);
    const list = new FoundEntries(source.read, await source.newest(FOUND_PAGE));
    source.read.mockClear();
    return { ...source, list };
  }

  it("comes page by page as its end comes near", async () => {
    const { list, read } = await open(10_000, 10);
    expect([list.count, list.reach]).toEqual([200, "more"]);
    list.want(0, 20);
    await settle();
    expect(read).not.toHaveBeenCalled();
    list.want(120, 140);
    await settle();
    expect([list.count, list.reach, list.row(399)?.seq]).toEqual([400, "more", 6_010]);
  });

  it("says when that was all", async () => {
    const { list } = await open(1_000, 10);
    expect([list.count, list.reach]).toEqual([100, "all"]);
  });

  it("looks on through pages without an entry", async () => {
    const { list } = await open(10_000, 5_000, 1_000);
    expect([list.count, list.reach]).toEqual([1, "more"]);
    list.want(0, 1);
    expect(list.reach).toBe("looking");
    await settle();
    expect([list.count, list.row(1)?.seq]).toEqual([2, 5_000]);
  });

  it("asks whether to go on when much was looked at in vain", async () => {
    const { list, read } = await open(1_000_000, 999_999_999, 1_000);
    list.want(0, 0);
    await settle();
    expect([list.reach, read.mock.calls.length, list.lookedTo]).toEqual(["asking", IN_VAIN, 1_000_001 - (IN_VAIN + 1) * 1_000]);
    list.want(0, 0);
    await settle();
    expect(read.mock.calls.length).toBe(IN_VAIN);
    list.goOn();
    await settle();
    expect(read.mock.calls.length).toBe(2 * IN_VAIN);
  });

  it("finds what is new, also behind pages without an entry", async () => {
    const { list, state, newest } = await open(10_000, 100, 2_000);
    const before = list.count;
    state.size = 15_050;
    list.accept(await newest(FOUND_PAGE), false);
    await settle();
    expect([list.count, list.fresh]).toEqual([before, 50]);
    list.follow();
    expect([list.count, list.fresh, list.row(0)?.seq, list.row(50)?.seq]).toEqual([before + 50, 0, 15_000, 10_000]);
    list.accept(await newest(FOUND_PAGE), true);
    await settle();
    expect(list.count).toBe(before + 50);
  });

  it("knows the neighbours of an entry, of itself or of another", async () => {
    const { list } = await open(1_000, 10);
    expect([list.beside(500, 1), list.beside(500, -1), list.beside(505, 1), list.beside(505, -1), list.beside(10, 1)]).toEqual([490, 510, 500, 510, null]);
    expect([list.indexOf(1_000), list.indexOf(990), list.indexOf(995)]).toEqual([0, 1, null]);
  });

  it("stops at a failure, and goes on when asked", async () => {
    const { list, read } = await open(10_000, 10);
    read.mockRejectedValueOnce(FAILURE);
    list.want(190, 200);
    await settle();
    expect([list.error?.code, list.count]).toEqual(["x", 200]);
    list.goOn();
    await settle();
    expect([list.error, list.count]).toEqual([null, 400]);
  });
});
