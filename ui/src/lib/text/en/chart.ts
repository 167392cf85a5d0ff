export const chart = {
  asTable: "Show as table",
  asChart: "Show as chart",
  tableOf: (title: string) => `${title}, as a table`,
  when: "When",
  total: "Total",
  andMore: (others: string) => `and ${others} more`,
  noPoints: "No points",
  howToStep: "Use the arrow keys to step through it.",
  howToOpen: "Press Enter for the entries behind a point.",
  point: (label: string, values: string) => `${label}: ${values}`,
  value: (name: string, value: string) => `${name} ${value}`,

  save: {
    menu: "Save the chart",
    saved: "Saved",
    failed: "The chart was not saved",
    formats: { svg: "Picture that scales (SVG)", png: "Picture in double size (PNG)", csv: "Table (CSV)" },
  },

  heat: {
    caption: "Credits by weekday and hour",
    cell: (day: string, hours: string, credits: string, share: string) => `${day} ${hours}: ${credits} credits, ${share} of all`,
    busiest: (cell: string) => `Busiest ${cell}`,
    nothing: "No credits were used in this range.",
  },
} as const;
