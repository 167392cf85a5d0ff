import { describe, expect, it } from "vitest";
import { EVERYTHING, KINDS } from "$lib/rooms/ledger/address";
import { createFake } from "./fake";
import type { LedgerFilter, LedgerPage, LedgerRow } from "./types";

const backend = createFake("active");
const page = (filter: Partial<LedgerFilter>, before: number | null, limit: number): Promise<LedgerPage> => backend.ledgerPage("sample/northwind", { ...EVERYTHING, ...filter }, before, limit);

async function all(filter: Partial<LedgerFilter>): Promise<LedgerRow[]> {
  const rows: LedgerRow[] = [];
  let before: number | null = null;
  do {
    const next: LedgerPage = await page(filter, before, 1_000);
    rows.push(...next.rows);
    before = next.nextBefore;
  } while (before !== null);
  return rows;
}

describe("the invented ledger", () => {
  it("has no gaps, every kind, and a balance that follows from the amounts", async () => {
    const rows = await all({});
    expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 9_000 }, (_, i) => 9_000 - i));
    expect(new Set(rows.map(({ kind }) => kind))).toEqual(new Set(KINDS));
    for (let i = 1; i < rows.length; i++) expect(rows[i - 1]!.balanceAfter - rows[i - 1]!.amount).toBe(rows[i]!.balanceAfter);
  });

  it("agrees with the overview", async () => {
    const { position, latest } = await backend.overview("sample/northwind");
    const rows = await all({ from: Date.UTC(2026, 10, 1), kinds: ["usage", "amendment"] });
    const used = rows.filter(({ recordedAt }) => recordedAt >= Date.UTC(2026, 10, 1)).reduce((sum, { amount }) => sum - amount, 0);
    expect(Math.abs(used - position.used)).toBeLessThan(60);
    expect(latest[0]!.balanceAfter).toBe(position.available);
  });

  it("may answer with an empty page though there is more", async () => {
    const first = await page({ kinds: ["void"] }, null, 50);
    expect(first).toMatchObject({ rows: [], nextBefore: 6_501, entries: 9_000 });
    expect((await all({ kinds: ["void"] })).map(({ title }) => title)).toEqual(["Refunded pack taken back"]);
  });

  it("knows what paid for an entry", async () => {
    const { row, shares, rate } = await backend.ledgerEntry("sample/northwind", 9_000);
    expect([row.amount, rate, shares.map(({ title, amount }) => [title, amount])]).toEqual([-2, 2, [["Allowance Growth", -2]]]);
    await expect(backend.ledgerEntry("sample/northwind", 9_001)).rejects.toMatchObject({ code: "no_such_entry" });
  });
});
