import { getContext, setContext } from "svelte";
import { toAppError } from "$lib/backend/error";
import type { AppError, Backend, Locale, Look, Settings, Size, SyncStatus, Theme, WorkspaceSummary } from "$lib/backend/types";
import { chartLocale } from "$lib/chart/look";
import { resolveTheme } from "$lib/chart/theme";
import { Palette, type Coloured } from "$lib/palette";
import { localZone } from "$lib/platform";
import type { Room } from "$lib/rooms/rooms";
import { text } from "$lib/text";
import type { Tone } from "$lib/words/tone";
import { addressOf, placeOf, searchOf, type Params } from "./address";
import { clock } from "./clock.svelte";
import { Jobs } from "./jobs";
import { locale } from "./locale.svelte";

/** What was done, or why it was not. */
export type Said = { text: string; tone: Tone };

const MINUTE = 60_000;
/** What a room is asked that nobody has asked for anything. */
const NOTHING = new URLSearchParams();
/** However fast history is read, its numbers change at most this often: faster ones could not be read. */
const READABLE = 200;
/** What a room is asked that means the same in every workspace. */
const ANYWHERE: Partial<Record<Room, readonly string[]>> = { usage: ["range", "from", "to", "step", "by", "compare", "shape"] };

/** What the whole window shares: the workspace that is shown, the room, the look, how fresh the data is. */
export class AppState {
  readonly backend: Backend;
  /** What takes long and goes on while its room is closed. */
  readonly jobs: Jobs;

  /** The workspaces that the app knows; undefined until the first answer. */
  workspaces = $state.raw<WorkspaceSummary[]>();
  /** The key of the workspace that is shown. */
  key = $state<string | null>(null);
  readonly workspace = $derived(this.workspaces?.find(({ key }) => key === this.key) ?? null);
  room = $state<Room>("overview");
  settings = $state.raw<Settings>({ appearance: "system", workspace: null, locale: null, localTime: false });
  /** The time zone that days and hours are shown in: the workspace's, unless somebody wants this computer's. */
  readonly zone = $derived(this.settings.localTime ? localZone() : (this.workspace?.timeZone ?? "UTC"));
  sync = $state.raw<SyncStatus | null>(null);
  /** Nothing of the workspace that is shown can be told yet: its history is being read, or that was paused on the way. */
  readonly unread = $derived(this.sync !== null && this.sync.asOf === null && (this.sync.state === "catching_up" || this.sync.state === "paused"));
  /** Why the window has nothing to show at all. */
  error = $state.raw<AppError | null>(null);
  /** What lies over the room. */
  overlay = $state<"palette" | "shortcuts" | null>(null);
  /** The first position is on screen. */
  painted = $state(false);
  /** The newest thing to tell that nothing else in the window shows. */
  said = $state.raw<Said | null>(null);

  palette = $state.raw(new Palette([]));
  #features = "";
  #inOrder = false;
  #look = $state(0);
  /** The colours that charts are drawn with now. */
  readonly theme: Theme = $derived.by(() => this.#resolve(this.#look, this.palette));
  /** How charts write numbers and dates now. */
  readonly #locale: Locale = $derived(chartLocale(locale.tag, locale.numbers));
  /** What each room was last asked to show, as the address says it: it is there again when somebody comes back. */
  readonly #kept = $state<Partial<Record<Room, URLSearchParams>>>({});

  #saysPainted = false;
  #loading = false;
  /** Somebody asked for the same while it was being read. */
  #again = false;
  #shownAt = 0;
  #pace: ReturnType<typeof setTimeout> | undefined;

  constructor(backend: Backend) {
    this.backend = backend;
    this.jobs = new Jobs(backend);
    this.#arrive();
  }

  /** Connects the window to its surroundings; the returned function lets go of them. */
  start(): () => void {
    const ends = [this.#followAddress(), this.#followLook(), this.#followEvents(), this.jobs.start()];
    void this.load();
    return () => ends.forEach((end) => end());
  }

  /** Reads settings and workspaces, and shows the one that was shown last. */
  async load(): Promise<void> {
    this.#again = this.#loading;
    if (this.#loading) return;
    this.#loading = true;
    try {
      // What changed while it was read may have come too late for the answer.
      do {
        this.#again = false;
        const [settings, workspaces] = await Promise.all([this.backend.settings(), this.backend.workspaces()]);
        this.settings = settings;
        this.#applyAppearance();
        this.error = null;
        this.#know(workspaces);
      } while (this.#again);
    } catch (thrown) {
      this.error = toAppError(thrown);
    } finally {
      this.#loading = false;
    }
  }

  /** Reads the workspaces again, after one was connected or disconnected. */
  async reloadWorkspaces(): Promise<void> {
    this.#know(await this.backend.workspaces());
  }

  /** Shows a workspace and remembers it. */
  choose(key: string): void {
    if (key === this.key) return;
    this.#forget();
    this.#show(key);
    void this.saveSettings({ ...this.settings, workspace: key });
  }

  /** Goes to a room, as it was left or as `params` say. In place of the present one it leaves no step to come back to. */
  go(room: Room, params?: Params, how: "step" | "in place" = "step"): void {
    const address = this.href(room, params);
    if (location.hash === address) return this.#arrive();
    if (how === "in place") history.replaceState(history.state, "", address);
    else history.pushState(null, "", address);
    this.#arrive();
  }

  /** What a room is asked to show; one that is not on screen, what it was asked when it was left. The same as long as it says the same. */
  paramsOf(room: Room): URLSearchParams {
    return this.#kept[room] ?? NOTHING;
  }

  /** The address of a room, for a link: as it was left, or as `params` say. */
  href(room: Room, params?: Params): string {
    return addressOf(room, params ? searchOf(params) : this.paramsOf(room).toString());
  }

  /** How a chart of a size is drawn now. */
  look(size: Size): Look {
    return { theme: this.theme, locale: this.#locale, zone: this.settings.localTime ? this.zone : null, size };
  }

  /** Tells what was done, or why it was not, where nothing else shows it. */
  say(words: string, tone: Tone = "info"): void {
    this.said = { text: words, tone };
  }

  /** Asks the service for what is new. */
  async refresh(): Promise<void> {
    const { key } = this;
    if (key !== null) await this.#tell(text.shell.said.asked, () => this.backend.retrySync(key));
  }

  /** Stops reading from the service, or goes on. */
  async pause(paused: boolean): Promise<void> {
    const { key } = this;
    if (key !== null) await this.#tell(paused ? text.shell.said.paused : text.shell.said.goesOn, () => this.backend.pauseSync(key, paused));
  }

  /** Changes settings at once, keeps them and tells what was changed. */
  async change(changed: Partial<Settings>, done: string): Promise<void> {
    await this.#tell(done, () => this.saveSettings({ ...this.settings, ...changed }));
  }

  /** Applies settings at once and keeps them. */
  async saveSettings(settings: Settings): Promise<void> {
    this.settings = settings;
    this.#applyAppearance();
    await this.backend.saveSettings(settings);
  }

  /** Learns the features that colours are for, in catalogue order. */
  learn(features: readonly Coloured[]): void {
    if (features.length === 0) return;
    this.#inOrder = true;
    const known = features.map(({ id, group }) => `${group}/${id}`).join();
    if (known === this.#features) return;
    this.#features = known;
    this.palette = new Palette(features);
  }

  /** Learns features whose catalogue order is not known; that gives way to any order that is. */
  learnUnordered(features: readonly Coloured[]): void {
    if (this.#inOrder) return;
    this.learn([...features].sort((a, b) => a.id.localeCompare(b.id)));
    this.#inOrder = false;
  }

  /** Says, once, that the first position is on screen. */
  paint(): void {
    if (this.#saysPainted) return;
    this.#saysPainted = true;
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        this.painted = true;
        document.documentElement.dataset["painted"] = "true";
        void this.backend.painted();
      }),
    );
  }

  /** Calls when the ledger of the workspace that is shown has changed, and now and then because time passes. */
  readonly ledger = (f: () => void): (() => void) => {
    const end = this.backend.onLedgerChanged((workspace) => workspace === this.key && f());
    const timer = setInterval(f, MINUTE);
    const seen = () => document.visibilityState === "visible" && f();
    document.addEventListener("visibilitychange", seen);
    return () => {
      end();
      clearInterval(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  };

  /** Calls when a purchase of the workspace that is shown has changed. */
  readonly purchases = (f: () => void): (() => void) => this.backend.onPurchaseChanged((workspace) => workspace === this.key && f());

  async #tell(done: string, request: () => Promise<void>): Promise<void> {
    try {
      await request();
      this.say(done);
    } catch (thrown) {
      const { message, advice } = toAppError(thrown);
      this.say(`${message} ${advice}`, "stop");
    }
  }

  #know(workspaces: WorkspaceSummary[]): void {
    this.workspaces = workspaces;
    const wanted = [this.key, this.settings.workspace].find((key) => workspaces.some((w) => w.key === key));
    const key = wanted ?? workspaces[0]?.key ?? null;
    if (key !== this.key) this.#show(key);
  }

  /** Forgets what rooms were asked of a workspace: another one has other entries, members and features. */
  #forget(): void {
    for (const room of Object.keys(this.#kept) as Room[]) {
      const kept = new URLSearchParams(this.#kept[room]);
      for (const name of [...kept.keys()]) if (!ANYWHERE[room]?.includes(name)) kept.delete(name);
      this.#ask(room, kept);
    }
    this.go(this.room, undefined, "in place");
  }

  #show(key: string | null): void {
    this.key = key;
    clearTimeout(this.#pace);
    this.sync = null;
    this.#inOrder = false;
    if (key === null) return;
    this.backend.syncStatus(key).then(
      (status) => {
        if (this.key === key && this.sync === null) this.sync = status;
      },
      (thrown: unknown) => {
        if (this.key === key) this.sync = notKnown(key, toAppError(thrown));
      },
    );
  }

  #hear(status: SyncStatus): void {
    clearTimeout(this.#pace);
    const goesOn = this.sync?.state === "catching_up" && status.state === "catching_up";
    const wait = goesOn ? this.#shownAt + READABLE - Date.now() : 0;
    if (wait > 0) {
      this.#pace = setTimeout(() => this.#hear(status), wait);
      return;
    }
    this.#shownAt = Date.now();
    clock.look();
    this.sync = status;
  }

  #followEvents(): () => void {
    const ends = [
      this.backend.onSyncStatus((status) => {
        if (status.workspace === this.key) this.#hear(status);
        else if (!this.workspaces?.some(({ key }) => key === status.workspace)) void this.load();
      }),
      this.backend.onLedgerChanged((workspace) => {
        // One that is new, or whose name and plan came with its first entries.
        if (!this.workspaces?.some(({ key, provider, plan }) => key === workspace && provider !== "" && plan !== null)) void this.load();
      }),
    ];
    return () => {
      clearTimeout(this.#pace);
      ends.forEach((end) => end());
    };
  }

  #followAddress(): () => void {
    const follow = () => this.#arrive();
    window.addEventListener("popstate", follow);
    window.addEventListener("hashchange", follow);
    return () => {
      window.removeEventListener("popstate", follow);
      window.removeEventListener("hashchange", follow);
    };
  }

  /** Is where the address says. */
  #arrive(): void {
    const place = placeOf(location.hash);
    if (!place) return;
    this.room = place.room;
    this.#ask(place.room, place.params);
  }

  #ask(room: Room, params: URLSearchParams): void {
    if (params.toString() !== this.paramsOf(room).toString()) this.#kept[room] = params;
  }

  #followLook(): () => void {
    const changed = () => this.#look++;
    const queries = ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"].map((query) => matchMedia(query));
    queries.forEach((query) => query.addEventListener("change", changed));
    return () => queries.forEach((query) => query.removeEventListener("change", changed));
  }

  #applyAppearance(): void {
    locale.choose(this.settings.locale);
    const root = document.documentElement;
    if (root.dataset["appearance"] === this.settings.appearance) return;
    root.dataset["appearance"] = this.settings.appearance;
    this.#look++;
  }

  #resolve(_look: number, palette: Palette): Theme {
    return resolveTheme(palette);
  }
}

/** The status of a workspace that the app can not say anything of. */
function notKnown(workspace: string, error: AppError): SyncStatus {
  return { workspace, state: "offline", asOf: null, entries: 0, progress: null, verified: null, incident: null, notices: [], clockBehindMs: 0, error };
}

const APP = Symbol("app");

/** Makes the shared state known to every component below. */
export function provideApp(app: AppState): AppState {
  return setContext(APP, app);
}

/** The shared state of the window. */
export function useApp(): AppState {
  return getContext<AppState>(APP);
}
