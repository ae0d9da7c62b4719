// Small arithmetic of measurements.
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

// Middle, 99th percentile and largest of some milliseconds
export function spread(values) {
  const sorted = Float64Array.from(values).sort()
  const at = (share) => (sorted.length ? +sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(1) : null)
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) }
}

// Numbers between 0 and 1 that are the same in each run (mulberry32)
export function seeded(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
