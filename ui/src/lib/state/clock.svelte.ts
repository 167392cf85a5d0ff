/** The one place that reads the time. Everything that shows an age or a countdown reads `clock.now`. */
class Clock {
  /** This instant, to the second. */
  now = $state(Date.now());
  /** Changes once a minute: for what need not follow every second. */
  readonly minute = $derived(Math.floor(this.now / 60_000));

  /** Starts ticking; the returned function stops it. */
  start(): () => void {
    this.now = Date.now();
    const timer = setInterval(() => (this.now = Date.now()), 1_000);
    return () => clearInterval(timer);
  }
}

/** The time that the interface goes by. */
export const clock = new Clock();
