export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 / 1024).toFixed(2)} MiB`;
}

export function formatSeconds(seconds: number): string {
  return seconds < 1 ? `${(seconds * 1000).toFixed(1)} ms` : `${seconds.toFixed(1)} s`;
}

/** A share as a percentage. */
export function formatShare(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

export function formatDecibel(value: number): string {
  return Number.isFinite(value) ? `${value.toFixed(1)} dB` : "equal";
}
