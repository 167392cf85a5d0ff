import { describe, expect, it, vi } from "vitest";
import { createFake } from "$lib/backend/fake";
import { Jobs } from "./jobs";

const KEY = "sample/northwind";

function start() {
  const backend = createFake();
  const jobs = new Jobs(backend);
  return { backend, jobs, end: jobs.start() };
}

describe("a job", () => {
  it("says how far it has come, and what it came to", async () => {
    const { jobs } = start();
    const done = jobs.verify(KEY);
    await vi.advanceTimersByTimeAsync(350);
    expect(jobs.verification(KEY)).toMatchObject({ running: true, progress: { done: 2_700, of: 9_000 }, result: null });
    await vi.advanceTimersByTimeAsync(1_000);
    await done;
    expect(jobs.verification(KEY)).toMatchObject({ running: false, progress: null, result: { entries: 9_000, right: true, stopped: false } });
  });

  it("runs once at a time", async () => {
    const { jobs, backend } = start();
    void jobs.verify(KEY);
    void jobs.verify(KEY);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(backend.calls["verifyNow"]).toBe(1);
  });

  it("is stopped, and can be done again", async () => {
    const { jobs } = start();
    void jobs.verify(KEY);
    await vi.advanceTimersByTimeAsync(250);
    void jobs.stop(KEY, "verify");
    expect(jobs.verification(KEY).stopping).toBe(true);
    await vi.advanceTimersByTimeAsync(200);
    expect(jobs.verification(KEY)).toMatchObject({ running: false, stopping: false, result: { stopped: true, entries: 1_800 } });
    void jobs.verify(KEY);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(jobs.verification(KEY)).toMatchObject({ result: { stopped: false, right: true } });
  });

  it("goes on when it could not be stopped, and says why", async () => {
    const { jobs, backend } = start();
    vi.spyOn(backend, "stopJob").mockRejectedValue({ code: "cache", message: "m", advice: "a", detail: null });
    void jobs.verify(KEY);
    await vi.advanceTimersByTimeAsync(50);
    await jobs.stop(KEY, "verify");
    expect(jobs.verification(KEY)).toMatchObject({ running: true, stopping: false, error: { code: "cache" } });
  });

  it("is none of another workspace's or another kind's", async () => {
    const { jobs } = start();
    void jobs.verify(KEY);
    await vi.advanceTimersByTimeAsync(350);
    expect(jobs.verification("sample/harbor")).toMatchObject({ running: false, progress: null });
    expect(jobs.export(KEY)).toMatchObject({ running: false, progress: null });
  });

  it("fails with what can be shown, and forgets that when it is done anew", async () => {
    const { jobs, backend } = start();
    const verify = vi.spyOn(backend, "verifyNow").mockRejectedValueOnce(new Error("lost"));
    await jobs.verify(KEY);
    expect(jobs.verification(KEY)).toMatchObject({ running: false, error: { code: "unexpected" }, result: null });
    void jobs.verify(KEY);
    expect(jobs.verification(KEY).error).toBeNull();
    expect(verify).toHaveBeenCalledTimes(2);
  });

  it("hears nothing after its end, nor once nobody listens", async () => {
    const { jobs, end } = start();
    const job = jobs.verification(KEY);
    job.came({ workspace: KEY, job: "verify", done: 1, of: 2 });
    expect(job.progress).toBeNull();
    end();
    void jobs.verify(KEY);
    await vi.advanceTimersByTimeAsync(350);
    expect(job.progress).toBeNull();
  });
});
