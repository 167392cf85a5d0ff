import { expect, it } from "vitest";
import { by, openWindow } from "../../../test/window";

it("leads to the entry from anywhere in its row, and from nowhere else", async () => {
  const { user, settle } = await openWindow("active", "overview");
  await user.click(by("latest").querySelectorAll("tbody tr")[1]!.querySelector(".balance")!);
  await settle();
  expect(location.hash).toMatch(/^#\/ledger\?entry=\d+$/);
});
