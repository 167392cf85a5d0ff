export const shell = {
  app: "Creditdeck",
  /** The window's name: what is open, of which workspace, in which program. */
  windowTitle: (room: string, workspace: string | null) => [room, workspace, "Creditdeck"].filter((part) => part !== null).join(" – "),
  skip: "Skip to the room",
  rooms: "Rooms",
  room: { overview: "Overview", usage: "Usage", ledger: "Ledger", topup: "Top up", settings: "Settings" },
  withKeys: (name: string, keys: string) => `${name} (${keys})`,

  workspace: "Workspace:",
  workspaces: "Workspaces",
  noWorkspace: "No workspace",
  noPlan: "No plan",
  sample: "sample",
  connectInSettings: "Connect one in Settings",
  connect: "Connect a workspace…",
  findWorkspace: "Find a workspace",
  noneFound: "No workspace has this name.",

  none: {
    title: "No workspace yet",
    body: "Connect a workspace of your provider to see its credits here.",
    connect: "Connect to your provider",
  },

  /** What is said after something was done from the keyboard. */
  said: {
    asked: "Asked the service for what is new",
    paused: "Reading is paused",
    goesOn: "Reading goes on",
    appearance: { system: "Appearance follows this computer", light: "Light appearance", dark: "Dark appearance" },
    locale: (name: string) => `Numbers and dates as in ${name}`,
    dismiss: "Dismiss",
  },
} as const;
