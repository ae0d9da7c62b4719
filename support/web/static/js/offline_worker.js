// Shows one page of the portal while there is no network. It keeps that page and nothing else, and answers nothing but the opening of pages.
// The server puts VERSION in front, which changes with the page, so that browsers fetch it anew.
const language = new URL(self.location).searchParams.get("language") || ""
const PAGE = `/offline?language=${encodeURIComponent(language)}`
const SHELF = `offline-${VERSION}-${language}`
const OF_STAFF = /^\/(desk|board|tickets|admin|staff|setup)(\/|$)/ // their pages say by themselves that the connection is gone

self.addEventListener("install", (event) => {
  self.skipWaiting()
  event.waitUntil(keep())
})

self.addEventListener("activate", (event) => event.waitUntil(throwAwayOthers()))

self.addEventListener("fetch", (event) => {
  const { request } = event
  if (request.mode === "navigate" && request.method === "GET" && !OF_STAFF.test(new URL(request.url).pathname)) event.respondWith(answer(request))
})

// Without cookies: what is kept is for whoever uses this browser.
async function keep() {
  const page = await fetch(PAGE, { credentials: "omit", cache: "reload" })
  if (!page.ok || page.redirected) throw new Error(`the page for no connection: ${page.status}`)
  await (await caches.open(SHELF)).put(PAGE, page)
}

async function throwAwayOthers() {
  const names = await caches.keys()
  await Promise.all(names.filter((name) => name.startsWith("offline-") && name !== SHELF).map((name) => caches.delete(name)))
  await self.clients.claim()
}

async function answer(request) {
  try {
    return await fetch(request)
  } catch (error) {
    const page = await caches.match(PAGE)
    if (!page) throw error
    return new Response(page.body, { status: 503, headers: page.headers })
  }
}
