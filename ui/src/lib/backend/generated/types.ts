// Generated from the Rust types in crates/app/src/view. Do not edit: run
// `CREDITDECK_WRITE_TYPES=1 cargo test -p app generated` after changing them.

/**
 * A failure, as a person reads it. The UI switches on `code`, never on text.
 */
export type AppError = { 
/**
 * Stable code.
 */
code: string, 
/**
 * What happened, and what it means.
 */
message: string, 
/**
 * What to do.
 */
advice: string, 
/**
 * The technical part.
 */
detail: string | null, };

/**
 * What a workspace can do.
 */
export type WorkspaceState = "trial" | "active" | "paused" | "no_plan" | "plan_excludes_ai";

/**
 * Why a feature cannot run.
 */
export type Refusal = "exhausted" | "plan_excludes_ai" | "no_plan" | "automation_off" | "feature_off" | "cap_reached" | "unknown_feature";

/**
 * A workspace that the app knows.
 */
export type WorkspaceSummary = { 
/**
 * Names it within this app.
 */
key: string, 
/**
 * The service's id of it.
 */
id: string, 
/**
 * Its name, for people.
 */
name: string, 
/**
 * The provider's name.
 */
provider: string, 
/**
 * The plan's name; none without a plan, and while it is not known.
 */
plan: string | null, 
/**
 * Its whole ledger has been here, so that what it says of its plan counts.
 */
known: boolean, 
/**
 * IANA name of the billing time zone.
 */
timeZone: string, 
/**
 * It is one of the sample workspaces.
 */
sample: boolean, 
/**
 * What this person may do in it: owner, admin, member or meter.
 */
role: string, 
/**
 * ISO 4217 code.
 */
currency: string, 
/**
 * What the provider calls its packs.
 */
topUpWord: string, };

/**
 * A stretch of time: it holds its start and not its end.
 */
export type Period = { 
/**
 * Its first instant.
 */
start: number, 
/**
 * The first instant after it.
 */
end: number, };

/**
 * A feature, and whether it can run now.
 */
export type FeatureStatus = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its name, for people.
 */
name: string, 
/**
 * The group that charts show it in.
 */
group: string, 
/**
 * Credits a unit.
 */
rate: number, 
/**
 * The provider does not publish the rate.
 */
rateAssumed: boolean, 
/**
 * Whether one unit of it can run now.
 */
canRun: boolean, 
/**
 * Why not.
 */
reason: Refusal | null, };

/**
 * Everything a person asks at an instant.
 */
export type Position = { 
/**
 * The instant.
 */
at: number, 
/**
 * Credits that can be spent now.
 */
available: number, 
/**
 * What is left of the allowance.
 */
allowance: number, 
/**
 * What the allowance is in this period.
 */
allowanceSize: number, 
/**
 * The provider does not publish the allowance.
 */
allowanceAssumed: boolean, 
/**
 * What is left of packs, frozen ones included.
 */
topUp: number, 
/**
 * What holds reserve.
 */
held: number, 
/**
 * What was used in this period.
 */
used: number, 
/**
 * What the workspace can do.
 */
state: WorkspaceState, 
/**
 * Available credits are under the warning share of the allowance.
 */
low: boolean, 
/**
 * When the trial ends, during one.
 */
trialEndsAt: number | null, 
/**
 * The running period.
 */
period: Period | null, 
/**
 * When the allowance refreshes; none where nothing refreshes.
 */
refreshAt: number | null, 
/**
 * What the refresh brings.
 */
nextAllowance: number | null, 
/**
 * Each feature of the catalogue.
 */
features: Array<FeatureStatus>, };

/**
 * Whether and when something runs out.
 */
export type Verdict = "runs_out" | "lasts_to_refresh" | "gone" | "never" | "unknown";

/**
 * An estimate of when something runs out.
 */
export type RunOut = { 
/**
 * Whether it does.
 */
verdict: Verdict, 
/**
 * The likeliest instant.
 */
at: number | null, 
/**
 * The early end of the likely range.
 */
from: number | null, 
/**
 * The late end of the likely range; none if that lies after the refresh.
 */
to: number | null, };

/**
 * What a banner is about.
 */
export type BannerCode = "low" | "paused" | "no_plan" | "plan_excludes_ai";

/**
 * The one best thing to do about a banner.
 */
export type BannerAction = "top_up" | "change_plan";

/**
 * A warning that is live now.
 */
export type Banner = { 
/**
 * What it is about.
 */
code: BannerCode, 
/**
 * Credits that can be spent now.
 */
available: number, 
/**
 * What the allowance is in this period.
 */
allowanceSize: number, 
/**
 * Until when it lasts by itself: the refresh.
 */
until: number | null, 
/**
 * What to do about it, if this person may do it.
 */
action: BannerAction | null, };

/**
 * A line as small as a word, without a colour.
 */
export type Sparkline = { 
/**
 * A path as SVG has it; empty where there is no line.
 */
path: string, 
/**
 * Width of the box that it is drawn in, in CSS pixels.
 */
width: number, 
/**
 * Its height.
 */
height: number, };

/**
 * What a group of features used in this period.
 */
export type GroupUse = { 
/**
 * The group's id.
 */
group: string, 
/**
 * Its name, for people.
 */
name: string, 
/**
 * Credits.
 */
credits: number, 
/**
 * Units of work.
 */
actions: number, 
/**
 * Its part of all credits, 0..=1.
 */
share: number, 
/**
 * Credits in the same days of the previous period; none where the ledger does not reach that far back.
 */
previous: number | null, 
/**
 * Credits of each day of this period, up to today, as a line.
 */
daily: Sparkline, };

/**
 * The kind of a ledger entry.
 */
export type EntryKind = "grant" | "usage" | "expiry" | "void" | "amendment" | "hold" | "release" | "plan_change" | "controls_change";

/**
 * A ledger entry in a list.
 */
export type LedgerRow = { 
/**
 * Its number in the ledger.
 */
seq: number, 
/**
 * Its kind.
 */
kind: EntryKind, 
/**
 * What it is, for people.
 */
title: string, 
/**
 * What else there is to say of it, but for the labels below.
 */
detail: string | null, 
/**
 * The feature's id.
 */
feature: string | null, 
/**
 * The feature's group, for its colour.
 */
group: string | null, 
/**
 * Units of work; 0 where it is about none.
 */
units: number, 
/**
 * The member whose work it was.
 */
member: string | null, 
/**
 * The channel that it came through.
 */
channel: string | null, 
/**
 * Who reported it.
 */
source: string | null, 
/**
 * What the work was about, in the words of who reported it.
 */
reference: string | null, 
/**
 * When the work was done.
 */
occurredAt: number, 
/**
 * When it was charged.
 */
recordedAt: number, 
/**
 * Credits that came (positive) or went (negative).
 */
amount: number, 
/**
 * The ledger balance after it.
 */
balanceAfter: number, };

/**
 * Which entries to show. What is empty or absent does not restrict.
 */
export type LedgerFilter = { 
/**
 * Work done at or after this instant …
 */
from: number | null, 
/**
 * … and before this one.
 */
to: number | null, 
/**
 * Kinds of entry, by name.
 */
kinds: Array<string>, 
/**
 * Features, by id.
 */
features: Array<string>, 
/**
 * The member.
 */
member: string | null, 
/**
 * The channel.
 */
channel: string | null, 
/**
 * Who reported it.
 */
source: string | null, 
/**
 * How the reference begins.
 */
reference: string | null, };

/**
 * A page of the ledger, newest first.
 */
export type LedgerPage = { 
/**
 * The entries found.
 */
rows: Array<LedgerRow>, 
/**
 * Search on under this number; none when everything was looked at. A page may be empty and still have more.
 */
nextBefore: number | null, 
/**
 * Entries in the whole ledger.
 */
entries: number, };

/**
 * A feature and what people call it.
 */
export type NamedFeature = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Its group; its id where no catalogue knows it any more.
 */
group: string, };

/**
 * What can be filtered by: every name that occurs in the ledger.
 */
export type LedgerNames = { 
/**
 * Features that occur or that the catalogue has, with their names for people.
 */
features: Array<NamedFeature>, 
/**
 * Members.
 */
members: Array<string>, 
/**
 * Channels.
 */
channels: Array<string>, 
/**
 * Sources.
 */
sources: Array<string>, };

/**
 * What one grant paid of an entry, or got back by it.
 */
export type GrantShare = { 
/**
 * The grant's entry.
 */
grant: number, 
/**
 * What it is, for people.
 */
title: string, 
/**
 * Credits that came from it (negative) or back to it (positive).
 */
amount: number, 
/**
 * What the grant was.
 */
size: number, 
/**
 * What it had left right after the entry.
 */
left: number, 
/**
 * When it expires.
 */
expiresAt: number | null, };

/**
 * What an entry is to another one.
 */
export type Relation = "amends" | "ends_hold" | "of_grant";

/**
 * An entry that another one is about.
 */
export type Related = { 
/**
 * Its number.
 */
seq: number, 
/**
 * What it is to the entry.
 */
relation: Relation, 
/**
 * What it is, for people.
 */
title: string, };

/**
 * What a grant gives.
 */
export type GrantTerms = { 
/**
 * Credits.
 */
amount: number, 
/**
 * What is left of it now.
 */
leftNow: number, 
/**
 * From when on it pays.
 */
effectiveAt: number, 
/**
 * Until when; for ever, if absent.
 */
expiresAt: number | null, 
/**
 * Its place in the draw-down order: lower pays first.
 */
priority: number, };

/**
 * Whether the rules give an entry.
 */
export type EntryVerdict = "agrees" | "differs";

/**
 * Everything about an entry.
 */
export type EntryDetail = { 
/**
 * The entry as the list has it.
 */
row: LedgerRow, 
/**
 * The id that whoever reported it gave it.
 */
id: string | null, 
/**
 * Credits a unit.
 */
rate: number | null, 
/**
 * The provider does not publish the rate.
 */
rateAssumed: boolean, 
/**
 * The catalogue revision that priced it.
 */
revision: number | null, 
/**
 * What each grant paid or got back, in the order of draw-down.
 */
shares: Array<GrantShare>, 
/**
 * What a grant gives.
 */
grant: GrantTerms | null, 
/**
 * The entries that this one is about.
 */
related: Array<Related>, 
/**
 * Its link of the hash chain, in hex.
 */
hash: string, 
/**
 * The link before it, in hex.
 */
previousHash: string, 
/**
 * Its exact bytes.
 */
body: string, 
/**
 * Whether the hash follows from the one before and the bytes, and the rules give this entry.
 */
verdict: EntryVerdict, 
/**
 * What differs, a line each.
 */
findings: Array<string>, };

/**
 * What explains a change.
 */
export type CauseOf = "feature" | "member" | "channel" | "source";

/**
 * One part of a change.
 */
export type Cause = { 
/**
 * What it is.
 */
of: CauseOf, 
/**
 * The feature's id, or the name in the ledger.
 */
key: string, 
/**
 * Its name, for people.
 */
name: string, 
/**
 * A feature's group.
 */
group: string | null, 
/**
 * Credits in the range.
 */
credits: number, 
/**
 * Credits in the range before.
 */
before: number, 
/**
 * Its change as a part of the change of everything: 0.8 is most of it; over 1 where others go the other way.
 */
part: number, 
/**
 * The first day of a lasting change within the range, where there is a clear one …
 */
since: number | null, 
/**
 * … and how many times as much a day was used from then on. 0 where it ended.
 */
times: number | null, };

/**
 * Why more or less was used than in the range before.
 */
export type Why = { 
/**
 * The range, up to now.
 */
range: Period, 
/**
 * The range before it; none where the ledger does not reach that far back.
 */
previous: Period | null, 
/**
 * Credits in the range.
 */
credits: number, 
/**
 * Credits in the range before.
 */
before: number, 
/**
 * What explains the change, the features first, of each kind the largest first; empty where nothing stands out.
 */
causes: Array<Cause>, };

/**
 * The control of one feature.
 */
export type FeatureControl = { 
/**
 * The feature's id.
 */
feature: string, 
/**
 * Its name, for people.
 */
name: string, 
/**
 * Its group.
 */
group: string, 
/**
 * Whether it may run.
 */
on: boolean, 
/**
 * Most credits a period; none for any number.
 */
cap: number | null, 
/**
 * Credits that count towards the cap in this period.
 */
used: number, 
/**
 * It runs only while automation is on.
 */
needsAutomation: boolean, 
/**
 * Since when it is as it is; none if nobody ever changed it.
 */
since: number | null, };

/**
 * The controls in force.
 */
export type Controls = { 
/**
 * Whether this person may change them.
 */
mayChange: boolean, 
/**
 * Whether automation is on.
 */
automation: boolean, 
/**
 * Each feature, in catalogue order.
 */
features: Array<FeatureControl>, };

/**
 * A wish for one feature. What is absent stays as it is.
 */
export type FeatureWish = { 
/**
 * Turn it on or off.
 */
on: boolean | null, 
/**
 * Set or lift its cap.
 */
cap: CapWish | null, };

/**
 * A wish for a cap.
 */
export type CapWish = { 
/**
 * Most credits a period; none lifts the cap.
 */
credits: number | null, };

/**
 * A wish to change controls. What is absent stays as it is.
 */
export type ControlsWish = { 
/**
 * Turn automation on or off.
 */
automation: boolean | null, 
/**
 * By feature.
 */
features: { [key in string]: FeatureWish }, };

/**
 * What a change of controls would do.
 */
export type ControlsPreview = { 
/**
 * When everything that is available runs out as it is.
 */
now: RunOut, 
/**
 * When it would run out.
 */
then: RunOut, 
/**
 * Credits that would be used up to the refresh as it is …
 */
expectedNow: number, 
/**
 * … and with the change.
 */
expectedThen: number, };

/**
 * The Overview room.
 */
export type Overview = { 
/**
 * The workspace.
 */
workspace: WorkspaceSummary, 
/**
 * The newest instant at which this is known to agree with the service; none before the first sync.
 */
asOf: number | null, 
/**
 * The position now.
 */
position: Position, 
/**
 * When the allowance runs out at the usual pace.
 */
allowanceLasts: RunOut, 
/**
 * When the packs run out after it.
 */
topUpsLast: RunOut, 
/**
 * The live warning, if any.
 */
banner: Banner | null, 
/**
 * What is using credits, the largest first.
 */
ranking: Array<GroupUse>, 
/**
 * What the ranking covers.
 */
rankingRange: Period | null, 
/**
 * The newest entries, the newest first.
 */
latest: Array<LedgerRow>, };

/**
 * The UI's colours as `#rrggbb`, and its font.
 */
export type Theme = { 
/**
 * Text.
 */
ink: string, 
/**
 * Quieter text.
 */
ink2: string, 
/**
 * The quietest text: ticks.
 */
ink3: string, 
/**
 * Grid lines.
 */
line: string, 
/**
 * What the chart stands on.
 */
surface: string, 
/**
 * Measured values.
 */
accent: string, 
/**
 * Estimates that warn.
 */
warn: string, 
/**
 * Packs.
 */
topUp: string, 
/**
 * A colour for each group and feature, by its id.
 */
series: { [key in string]: string }, 
/**
 * The font family.
 */
font: string, 
/**
 * Whether a person asked for more contrast: lines are thicker, and bands stand apart.
 */
contrast: boolean, };

/**
 * How numbers and dates are written, as the window's locale has it.
 */
export type Locale = { 
/**
 * What parts a number's whole from its fraction: "." or ",".
 */
decimal: string, 
/**
 * What stands between groups of three digits; may be empty.
 */
group: string, 
/**
 * What a thousand, a million, an American billion and trillion are called behind a compact number: "k", "M", "B", "T".
 */
compact: Array<string>, 
/**
 * The twelve months, short, from January on.
 */
months: Array<string>, 
/**
 * The seven weekdays, short, from Monday on.
 */
weekdays: Array<string>, 
/**
 * A day of a month, with `{d}` and `{m}` in it: "{d} {m}".
 */
day: string, 
/**
 * A day with its weekday, with `{w}`, `{d}` and `{m}` in it: "{w} {d} {m}".
 */
weekdayDay: string, 
/**
 * A month with its year, with `{m}` and `{y}` in it: "{m} {y}".
 */
monthYear: string, };

/**
 * The size to draw at, in CSS pixels.
 */
export type Size = { 
/**
 * Width.
 */
width: number, 
/**
 * Height.
 */
height: number, };

/**
 * How the window shows things: what every chart is drawn with.
 */
export type Look = { 
/**
 * Colours and font.
 */
theme: Theme, 
/**
 * How numbers and dates are written.
 */
locale: Locale, 
/**
 * IANA name of the time zone that days and hours are shown in; the workspace's billing zone, if absent.
 */
zone: string | null, 
/**
 * The size to draw at.
 */
size: Size, };

/**
 * A picture that can be saved.
 */
export type Picture = { "of": "burn_down" } | { "of": "usage", 
/**
 * What the Usage room shows.
 */
query: UsageQuery, } | { "of": "heat_map", 
/**
 * What the Usage room shows.
 */
query: UsageQuery, };

/**
 * The form of a saved chart.
 */
export type PictureFormat = "svg" | "png" | "csv";

/**
 * The part of the picture that holds the values, in CSS pixels.
 */
export type Plot = { 
/**
 * Left edge.
 */
x: number, 
/**
 * Upper edge.
 */
y: number, 
/**
 * Width.
 */
width: number, 
/**
 * Height.
 */
height: number, };

/**
 * A labelled place on an axis.
 */
export type Tick = { 
/**
 * Where, in CSS pixels.
 */
at: number, 
/**
 * What it says.
 */
label: string, };

/**
 * One value at a point.
 */
export type PointValue = { 
/**
 * The series.
 */
key: string, 
/**
 * Its name, for people.
 */
name: string, 
/**
 * The value.
 */
value: number, 
/**
 * Where it is drawn, in CSS pixels from the top.
 */
y: number, };

/**
 * The numbers at one place of the horizontal axis.
 */
export type Point = { 
/**
 * The instant.
 */
at: number, 
/**
 * Where, in CSS pixels from the left.
 */
x: number, 
/**
 * The instant, for people.
 */
label: string, 
/**
 * The values.
 */
values: Array<PointValue>, 
/**
 * Their sum.
 */
total: number, };

/**
 * A picture, and the numbers behind it.
 */
export type Chart = { 
/**
 * The picture.
 */
svg: string, 
/**
 * Its width in CSS pixels.
 */
width: number, 
/**
 * Its height in CSS pixels.
 */
height: number, 
/**
 * The part of it that holds the values.
 */
plot: Plot, 
/**
 * The numbers, from left to right.
 */
points: Array<Point>, 
/**
 * The horizontal axis.
 */
xTicks: Array<Tick>, 
/**
 * The vertical axis.
 */
yTicks: Array<Tick>, 
/**
 * Whether the points' `at` is an instant; else it is a time of any day, in milliseconds since midnight.
 */
timed: boolean, };

/**
 * A range of time, by name.
 */
export type RangeName = "7d" | "30d" | "this_period" | "last_period" | "90d" | "12m" | "custom";

/**
 * The width of a bucket.
 */
export type Step = "hour" | "day" | "week" | "month";

/**
 * What a chart is split by.
 */
export type SplitBy = "group" | "feature" | "member" | "channel" | "source";

/**
 * How use over time is drawn.
 */
export type Shape = "area" | "bars";

/**
 * What a part of the usage has in common.
 */
export type Label = "member" | "channel" | "source";

/**
 * The usage of one member, channel or source.
 */
export type UsageOf = { 
/**
 * Which of them.
 */
label: Label, 
/**
 * Its name in the ledger.
 */
name: string, };

/**
 * What the Usage room asks for.
 */
export type UsageQuery = { 
/**
 * The range.
 */
range: RangeName, 
/**
 * First instant of a custom range.
 */
from: number | null, 
/**
 * First instant after a custom range.
 */
to: number | null, 
/**
 * The bucket; what fits the range, if absent.
 */
step: Step | null, 
/**
 * What the chart is split by.
 */
by: SplitBy, 
/**
 * Whether the previous range is drawn, too.
 */
compare: boolean, 
/**
 * How it is drawn.
 */
shape: Shape, 
/**
 * Whose usage; everybody's, if absent.
 */
of: UsageOf | null, };

/**
 * One feature, or one member, channel or source, in the range.
 */
export type UsageRow = { 
/**
 * The feature's id, or the name in the ledger; empty for all those that are not named one by one, and for what names
 * none.
 */
key: string, 
/**
 * Its name, for people; empty where the key is.
 */
name: string, 
/**
 * A feature's group.
 */
group: string | null, 
/**
 * How many names are in this row: 1, or those that are not named one by one; 0 for what names none.
 */
names: number, 
/**
 * Credits.
 */
credits: number, 
/**
 * Units of work.
 */
actions: number, 
/**
 * Credits a day.
 */
perDay: number, 
/**
 * Its part of all credits, 0..=1.
 */
share: number, 
/**
 * Credits in the previous range; none where the ledger does not reach that far back.
 */
previous: number | null, 
/**
 * Credits a unit of a feature.
 */
rate: number | null, 
/**
 * The provider does not publish the rate.
 */
rateAssumed: boolean, };

/**
 * The bucket with the most credits.
 */
export type Busiest = { 
/**
 * Its first instant.
 */
at: number, 
/**
 * Its credits.
 */
credits: number, };

/**
 * The Usage room.
 */
export type UsageView = { 
/**
 * The workspace.
 */
workspace: WorkspaceSummary, 
/**
 * The newest instant at which this is known to agree with the service; none before the first sync.
 */
asOf: number | null, 
/**
 * The range.
 */
range: Period, 
/**
 * The bucket that was used.
 */
step: Step, 
/**
 * The buckets that make sense for the range.
 */
steps: Array<Step>, 
/**
 * Credits in the range.
 */
credits: number, 
/**
 * Units of work in the range.
 */
actions: number, 
/**
 * Credits a day, over the days that have begun.
 */
perDay: number, 
/**
 * Credits in the previous range; none where the ledger does not reach that far back.
 */
previousCredits: number | null, 
/**
 * The day with the most credits.
 */
busiest: Busiest | null, 
/**
 * Part of the credits used Monday to Friday, 9 to 17 h of the time zone that is shown, 0..=1; none without credits.
 */
workHoursShare: number | null, 
/**
 * The picture and the numbers behind it.
 */
chart: Chart, 
/**
 * The feature, or member, channel or source, of each row: as the query is split.
 */
by: SplitBy, 
/**
 * What the chart is split by, the largest first; with groups, each feature.
 */
rows: Array<UsageRow>, 
/**
 * Credits by hour and weekday of the time zone that is shown: a point for each hour, a value for each weekday.
 */
heat: Chart, };

/**
 * What a pack is good for, at the workspace's own mix.
 */
export type About = { 
/**
 * What it is: a feature's name.
 */
name: string, 
/**
 * How many of it.
 */
count: number, };

/**
 * A pack on offer.
 */
export type PackOffer = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its name, for people.
 */
name: string, 
/**
 * Its credits.
 */
credits: number, 
/**
 * Its price in minor units.
 */
price: number, 
/**
 * ISO 4217 code.
 */
currency: string, 
/**
 * The provider does not publish size or price.
 */
assumed: boolean, 
/**
 * It expires so many days after it is credited.
 */
expiresAfterDays: number | null, 
/**
 * What it is good for.
 */
about: Array<About>, 
/**
 * How long all that would be available lasts at the usual pace.
 */
lastsUntil: RunOut, 
/**
 * Whether that reaches the refresh.
 */
reachesRefresh: boolean, 
/**
 * The smallest that does.
 */
recommended: boolean, };

/**
 * How far a purchase has come.
 */
export type PurchaseState = "created" | "waiting" | "processing" | "credited" | "cancelled" | "failed" | "expired";

/**
 * A purchase.
 */
export type Purchase = { 
/**
 * Its id, chosen here.
 */
id: string, 
/**
 * The pack's id.
 */
pack: string, 
/**
 * The pack's name, for people.
 */
name: string, 
/**
 * Its credits.
 */
credits: number, 
/**
 * Its price in minor units.
 */
price: number, 
/**
 * ISO 4217 code.
 */
currency: string, 
/**
 * How far it has come.
 */
state: PurchaseState, 
/**
 * The payment page, while there is one to pay on.
 */
checkoutUrl: string | null, 
/**
 * When it was begun.
 */
createdAt: number, 
/**
 * When its credits came.
 */
creditedAt: number | null, 
/**
 * What is left of it, once credited.
 */
left: number | null, 
/**
 * What went wrong, if anything did.
 */
message: string | null, };

/**
 * Why nothing can be bought now.
 */
export type BlockedCode = "no_plan" | "plan_excludes_ai" | "role";

/**
 * Why nothing can be bought now.
 */
export type Blocked = { 
/**
 * The reason.
 */
code: BlockedCode, };

/**
 * The Top up room.
 */
export type TopUpView = { 
/**
 * The workspace.
 */
workspace: WorkspaceSummary, 
/**
 * The position now.
 */
position: Position, 
/**
 * The packs, as the catalogue orders them.
 */
offers: Array<PackOffer>, 
/**
 * Purchases, the newest first.
 */
purchases: Array<Purchase>, 
/**
 * Why nothing can be bought now.
 */
blocked: Blocked | null, 
/**
 * Payments are tests: no real money moves.
 */
testPayments: boolean, };

/**
 * How the app stands with the service.
 */
export type SyncState = "connecting" | "catching_up" | "paused" | "live" | "offline" | "broken";

/**
 * How far reading has come.
 */
export type Progress = { 
/**
 * Entries that are here.
 */
done: number, 
/**
 * Entries that there are.
 */
of: number, 
/**
 * Entries a second, of late; none until that can be told.
 */
perSecond: number | null, 
/**
 * How long the rest may take, in milliseconds; none until that can be told.
 */
leftMs: number | null, };

/**
 * The service and the replayed rules agreed.
 */
export type Verified = { 
/**
 * Up to which entry.
 */
entries: number, 
/**
 * When.
 */
at: number, };

/**
 * A ledger that is not what it should be.
 */
export type Incident = { 
/**
 * Stable code.
 */
code: string, 
/**
 * The first entry that is not as it should be.
 */
entry: number, 
/**
 * When it was first seen.
 */
since: number, 
/**
 * What happened and what it means.
 */
message: string, 
/**
 * What to do.
 */
advice: string, 
/**
 * What should be.
 */
expected: string, 
/**
 * What is.
 */
found: string, 
/**
 * The last entry that is good, and is kept.
 */
goodEntry: number, };

/**
 * What happened to a local copy, or to what the app keeps beside it.
 */
export type NoticeCode = "set_aside" | "lost" | "desk_set_aside";

/**
 * Something that happened to what the app keeps, for a person to know. Nothing at a service is lost by it.
 */
export type Notice = { 
/**
 * What happened.
 */
code: NoticeCode, 
/**
 * The same in words.
 */
message: string, 
/**
 * The technical part.
 */
detail: string, };

/**
 * How fresh a workspace's data is, and whether it was found right.
 */
export type SyncStatus = { 
/**
 * The workspace's key.
 */
workspace: string, 
/**
 * How the app stands with the service.
 */
state: SyncState, 
/**
 * The newest instant at which the data is known to agree with the service.
 */
asOf: number | null, 
/**
 * Entries that are here.
 */
entries: number, 
/**
 * How far reading has come, while it reads or was stopped on the way.
 */
progress: Progress | null, 
/**
 * The last time that the service and the replayed rules agreed.
 */
verified: Verified | null, 
/**
 * What is wrong with the ledger, if anything is.
 */
incident: Incident | null, 
/**
 * What happened to the local copy since the app started.
 */
notices: Array<Notice>, 
/**
 * How far this computer's clock is behind the service's, in milliseconds; below 0 where it is ahead, and 0 where the
 * difference does not matter.
 */
clockBehindMs: number, 
/**
 * What keeps the app from the service.
 */
error: AppError | null, };

/**
 * The local copy of a workspace's ledger.
 */
export type LocalCopy = { 
/**
 * The file.
 */
path: string, 
/**
 * Bytes on disk.
 */
bytes: number, 
/**
 * Entries in it.
 */
entries: number, 
/**
 * When the first entry was charged; none in an empty ledger.
 */
firstAt: number | null, 
/**
 * Features that occur, by id.
 */
features: Array<string>, 
/**
 * Members that occur.
 */
members: Array<string>, 
/**
 * Channels that occur.
 */
channels: Array<string>, 
/**
 * Sources that occur.
 */
sources: Array<string>, };

/**
 * What takes long and can be stopped.
 */
export type JobKind = "verify" | "export";

/**
 * How far a job has come.
 */
export type JobProgress = { 
/**
 * The workspace's key.
 */
workspace: string, 
/**
 * What it is.
 */
job: JobKind, 
/**
 * Entries looked at.
 */
done: number, 
/**
 * Entries that there are to look at.
 */
of: number, };

/**
 * What verifying from the first entry came to.
 */
export type Verification = { 
/**
 * Entries that were looked at.
 */
entries: number, 
/**
 * Whether every entry was looked at and nothing is wrong with any.
 */
right: boolean, 
/**
 * Whether it was stopped before the end.
 */
stopped: boolean, 
/**
 * What is wrong, the first hundred of it, a line each.
 */
findings: Array<string>, 
/**
 * How much more is.
 */
more: number, };

/**
 * The form of an export.
 */
export type ExportFormat = "csv" | "sqlite";

/**
 * A wish to export.
 */
export type ExportRequest = { 
/**
 * The form.
 */
format: ExportFormat, 
/**
 * Which entries.
 */
filter: LedgerFilter, };

/**
 * What was written for a person to take along.
 */
export type Written = { 
/**
 * The file.
 */
path: string, 
/**
 * Entries in it; 0 in a report.
 */
entries: number, 
/**
 * Its bytes.
 */
bytes: number, };

/**
 * A wish to connect to a provider's service.
 */
export type ConnectRequest = { 
/**
 * The service's address.
 */
url: string, 
/**
 * The service's id of the workspace. A pairing code does without.
 */
workspace: string, 
/**
 * The access token, or a pairing code.
 */
token: string, };

/**
 * A service that the app reads from.
 */
export type ConnectionInfo = { 
/**
 * Its address.
 */
url: string, 
/**
 * The keys of its workspaces.
 */
workspaces: Array<string>, 
/**
 * It is the sample that the app itself runs.
 */
sample: boolean, 
/**
 * A command line that reports one usage to the sample.
 */
curl: string | null, };

/**
 * Light or dark.
 */
export type Appearance = "system" | "light" | "dark";

/**
 * What the app remembers of how a person wants it.
 */
export type Settings = { 
/**
 * Light or dark.
 */
appearance: Appearance, 
/**
 * The key of the workspace that was open last.
 */
workspace: string | null, 
/**
 * BCP 47 tag of the locale that numbers and dates are written in; English as in Europe, if absent.
 */
locale: string | null, 
/**
 * Whether days and hours are shown in this computer's time zone and not in the workspace's.
 */
localTime: boolean, };

/**
 * Everything that the window needs for its first picture, in one answer.
 */
export type Opening = { 
/**
 * As the app remembers them.
 */
settings: Settings, 
/**
 * In the order of the switcher.
 */
workspaces: Array<WorkspaceSummary>, 
/**
 * Of the workspace that is shown: the one that was shown last, else the first.
 */
sync: SyncStatus | null, 
/**
 * Of the same; none until its ledger has been read.
 */
overview: Overview | null, };
