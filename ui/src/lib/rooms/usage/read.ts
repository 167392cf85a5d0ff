import type { Look, Size, UsageQuery, UsageView } from "$lib/backend/types";
import { resolveTheme } from "$lib/chart/theme";
import type { Palette } from "$lib/palette";
import type { AppState } from "$lib/state/app.svelte";
import { learnNames, namesPalette } from "./nameColours";

/** How large the room's pictures are: use over time, and the hours of the week. */
export type Sizes = { chart: Size; heat: Size };

/** An answer, what it answers, and the colours of what the chart is split by where those are not features. */
export type Read = { query: UsageQuery; view: UsageView; names: Palette | null };

/** Whether a chart is split by features or their groups, whose colours everything shares. */
export const ofFeatures = (query: UsageQuery): boolean => query.by === "group" || query.by === "feature";

/** Names have no colour before they are known: then the chart is drawn once more, rather than grey first. */
export async function readUsage(app: AppState, workspace: string, query: UsageQuery, { chart, heat }: Sizes): Promise<Read> {
  const plain = app.look(chart);
  if (ofFeatures(query)) return { query, view: await app.backend.usage(workspace, query, plain, heat), names: null };
  const scope = `${workspace}\n${query.by}`;
  const draw = () => app.backend.usage(workspace, query, lookOf(plain, namesPalette(scope)), heat);
  let view = await draw();
  if (learnNames(scope, view.rows.map(({ key }) => key))) view = await draw();
  return { query, view, names: namesPalette(scope) };
}

function lookOf(plain: Look, names: Palette): Look {
  return { ...plain, theme: resolveTheme(names) };
}
