// The portal leaves a page for the time without a connection in the browser; pages of staff name no worker.
export function keepOfflinePage() {
  const worker = document.querySelector("meta[name=offline]")?.content
  if (worker && navigator.serviceWorker) navigator.serviceWorker.register(worker).catch(() => {}) // without it everything works as before
}
