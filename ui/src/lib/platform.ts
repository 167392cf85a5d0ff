/** Whether this is a Mac, where keys have other names and Command is what Control is elsewhere. */
export function onMac(): boolean {
  return /^(?:Mac|iP)/.test(navigator.platform);
}

/** The time zone of this computer. */
export function localZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
