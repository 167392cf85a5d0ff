const MINUTE = 60_000;

/**
 * The one place that reads the time. Everything that shows an age or a countdown reads `clock.now`. Ages and countdowns are
 * told by the minute, so that is how often it ticks, and not at all while nobody sees the window: a window that nothing
 * happens in wakes nobody.
 */
class Clock {
  #here = $state(Date.now());
  /** How far this computer's clock is behind the service's, in milliseconds: what is shown goes by the service's. */
  behind = $state(0);
  /** This instant, as of the last minute that began or the last time that something happened. */
  readonly now = $derived(this.#here + this.behind);
  /** Changes once a minute: for what need not follow every happening. */
  readonly minute = $derived(Math.floor(this.now / MINUTE));

  /** Starts ticking; the returned function stops it. */
  start(): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tick = () => {
      clearTimeout(timer);
      if (document.visibilityState === "hidden") return;
      this.look();
      timer = setTimeout(tick, MINUTE - (Date.now() % MINUTE));
    };
    tick();
    document.addEventListener("visibilitychange", tick);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", tick);
    };
  }

  /** Reads the time because something happened that is told by it. */
  look(): void {
    this.#here = Date.now();
  }
}

/** The time that the interface goes by. */
export const clock = new Clock();
