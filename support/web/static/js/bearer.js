// The chat on the shop's own site stands in a frame, where cookies may be blocked: it shows a token of its own with every
// request. Every other page is known by its cookie, and nothing here concerns it.
let voice = null

// `given` is asked before each request: { token, visitor, language }, the token "" while nobody is known
export function speakAs(given) {
  voice = given
}

// Options of a fetch, with what tells the server who asks
export function signed(options = {}) {
  if (!voice) return { credentials: "same-origin", ...options }
  return { ...options, credentials: "omit", headers: { ...options.headers, ...credentials() } }
}

export function credentials() {
  const { token, visitor, language } = voice()
  return { "X-Visitor": visitor, ...(token && { Authorization: ["Bearer", token].join(" ") }), ...(language && { "Accept-Language": language }) }
}

// What a socket shows when it opens
export function passport() {
  const token = voice?.().token
  return token ? { token } : {}
}
