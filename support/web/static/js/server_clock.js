// The server's time on this machine: deadlines come from there and must not depend on a wrong clock here.
let offset = null

// A stamp is always older when it arrives than when it was made, so the largest difference seen is nearest to the truth.
export function observe(stamp) {
  const difference = Date.parse(stamp) - Date.now()
  if (!Number.isNaN(difference) && (offset === null || difference > offset)) offset = difference
}

export function serverNow() {
  if (offset === null) observe(document.querySelector('meta[name="server-time"]')?.content)
  return Date.now() + (offset ?? 0)
}
