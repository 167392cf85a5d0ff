import type { Cause, Why } from "$lib/backend/types";
import { count, day, decimal, midSentence, percent, periodDays } from "$lib/format";
import { text } from "$lib/text";

/** Which way the use of credits went; not known where there is nothing to compare with. */
export type Direction = "rise" | "fall" | "same" | "unknown";

/** One cause in a sentence of its own. */
export type WhyPart = { text: string; cause?: Cause };

/** Why more or less was used: a question, what happened, and what explains it. */
export type WhyWords = {
  direction: Direction;
  title: string;
  lead: string;
  /** The lead without its numbers, for where they stand already. */
  short: string;
  parts: WhyPart[];
};

/** Less than this is no change that needs a reason. */
const NOTABLE = 0.05;
/** From here on a rise is told as a multiple. */
const MANY = 2;

/** Why more or less was used than in the range before. */
export function whyWords(why: Why, zone: string, now: number): WhyWords {
  const words = text.overview.why;
  const direction = directionOf(why);
  const title = { rise: words.faster, fall: words.slower, same: words.asUsual, unknown: words.unknown }[direction];
  const parts = direction === "unknown" ? [] : why.causes.map((cause) => ({ text: causeWords(cause, direction, zone, now), cause }));
  const lead = leadWords(why, direction, zone);
  const short = shortWords(why, direction, zone) ?? lead;
  const unexplained = parts.length === 0 && (direction === "rise" || direction === "fall") && why.before > 0 && why.credits > 0;
  const said = (what: string) => (unexplained ? words.noCause(what) : what);
  return { direction, title, lead: said(lead), short: said(short), parts };
}

function directionOf({ previous, credits, before }: Why): Direction {
  if (previous === null) return "unknown";
  if (before === 0) return credits === 0 ? "same" : "rise";
  const moved = credits / before - 1;
  if (Math.abs(moved) < NOTABLE) return "same";
  return moved > 0 ? "rise" : "fall";
}

function leadWords({ previous, credits, before }: Why, direction: Direction, zone: string): string {
  const words = text.overview.why;
  if (previous === null) return words.tooEarly;
  const days = periodDays(previous, zone);
  const [now, then] = [count(credits), count(before)];
  if (direction === "same") return credits === 0 && before === 0 ? words.nothing : words.same(now, then, days);
  if (before === 0) return words.fromNothing(now, days);
  if (credits === 0) return words.toNothing(then, days);
  const times = credits / before;
  if (direction === "fall") return words.less(percent(1 - times), days, now, then);
  return times > MANY ? words.many(multiple(times), days, now, then) : words.more(percent(times - 1), days, now, then);
}

/** The lead without numbers of credits; nothing where it is about nothing else. */
function shortWords({ previous, credits, before }: Why, direction: Direction, zone: string): string | null {
  const words = text.overview.why;
  if (previous === null || credits === 0 || before === 0) return null;
  const days = periodDays(previous, zone);
  if (direction === "same") return words.shortSame(days);
  const times = credits / before;
  if (direction === "fall") return words.shortLess(percent(1 - times), days);
  return times > MANY ? words.shortMany(multiple(times), days) : words.shortMore(percent(times - 1), days);
}

function causeWords(cause: Cause, direction: Direction, zone: string, now: number): string {
  const words = text.overview.why;
  return words.detailed(partWords(cause, direction), dailyWords(cause, zone, now));
}

function partWords(cause: Cause, direction: Direction): string {
  const words = text.overview.why;
  const moved = cause.credits - cause.before;
  const credits = count(Math.abs(moved));
  const alone = isolated(cause.name);
  if (direction === "same" || direction === "unknown") return moved >= 0 ? words.up(alone, credits) : words.down(alone, credits);
  // A part of more than everything, or against it, is told in credits: nobody understands "130 % of the rise".
  if (cause.part > 1.005) return direction === "rise" ? words.overRise(alone, credits) : words.overFall(alone, credits);
  if (cause.part < 0) return words.against(moved >= 0 ? words.up(isolated(midSentence(cause.name)), credits) : words.down(isolated(midSentence(cause.name)), credits));
  const name = cause.of === "feature" ? midSentence(cause.name) : cause.name;
  return (direction === "rise" ? words.ofRise : words.ofFall)[cause.of](percent(cause.part), isolated(name));
}

/** What happened to a cause by day; nothing where that has no clear beginning. */
function dailyWords({ credits, before, since, times }: Cause, zone: string, now: number): string | null {
  const words = text.overview.why;
  if (since === null) {
    if (before === 0 && credits > 0) return words.isNew;
    return credits === 0 && before > 0 ? words.isGone : null;
  }
  const from = day(since, zone, now);
  if (times === null) return words.newSince(from);
  if (times === 0) return words.endedOn(from);
  if (near(times, 2)) return words.twice(from);
  if (near(times, 3)) return words.threeTimes(from);
  if (near(times, 0.5)) return words.half(from);
  if (times >= 1.5) return words.times(multiple(times), from);
  return times >= 1 ? words.moreADay(percent(times - 1), from) : words.lessADay(percent(1 - times), from);
}

const near = (times: number, whole: number) => Math.abs(times / whole - 1) <= 0.06;
const multiple = (times: number) => (times < 10 ? decimal(times) : count(Math.round(times)));

/** A name that keeps its own direction of writing within a sentence. */
function isolated(name: string): string {
  return /[\u0590-\u08ff\ufb1d-\ufefc]/.test(name) ? `\u2068${name}\u2069` : name;
}
