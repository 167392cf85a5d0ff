/** The one place that reads the time. Everything that shows an age or a countdown reads `clock.now`. */
class Clock {
  #here = $state(Date.now());
  /** How far this computer's clock is behind the service's, in milliseconds: what is shown goes by the service's. */
  behind = $state(0);
  /** This instant, to the second. */
  readonly now = $derived(this.#here + this.behind);
  /** Changes once a minute: for what need not follow every second. */
  readonly minute = $derived(Math.floor(this.now / 60_000));

  /** Starts ticking; the returned function stops it. */
  start(): () => void {
    this.#here = Date.now();
    const timer = setInterval(() => (this.#here = Date.now()), 1_000);
    return () => clearInterval(timer);
  }
}

/** The time that the interface goes by. */
export const clock = new Clock();
