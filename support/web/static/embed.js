// Help and chat on a page of the shop: a button, and a dialog with our frame in it. Served by portal/embed/script.py, which puts in what it must know of us.
// It runs under a strict policy of the page: its styles are a sheet made by script in a shadow of its own, it makes no inline style and evaluates nothing.
((shop) => {
  const tag = document.currentScript
  if (window.Switchboard || !tag) return
  const data = tag.dataset
  const origin = new URL(shop.base).origin
  const asked = data.language || document.documentElement.lang || navigator.language
  const code = [asked, asked.split("-")[0]].find((one) => shop.words[one]) || Object.keys(shop.words)[0]
  const [title, closing, unreadWords] = shop.words[code]
  const theme = data.theme === "light" || data.theme === "dark" ? data.theme : ""
  const small = matchMedia("(max-width:480px),(max-height:480px)")
  const side = data.position === "start" ? "start" : "end"
  const sheet = new CSSStyleSheet()
  const colours = (nth) => `--fill:${shop.fill[nth]};--on:${shop.on[nth]};--ground:${nth ? "#171b23" : "#fff"};--ink:${nth ? "#fff" : "#171c28"}`
  sheet.replaceSync(`
:host{all:initial;${colours(theme === "dark" ? 1 : 0)}}
${theme ? "" : `@media(prefers-color-scheme:dark){:host{${colours(1)}}}`}
*{box-sizing:border-box;font:600 16px/1.2 system-ui,sans-serif}
.b{position:fixed;z-index:2147483000;inset-block-end:calc(16px + env(safe-area-inset-bottom));inset-inline-${side}:16px;display:flex;gap:8px;align-items:center;min-height:52px;min-width:52px;padding:0 18px;border:2px solid var(--on);border-radius:26px;background:var(--fill);color:var(--on);cursor:pointer;box-shadow:0 4px 16px #0004}
svg{width:24px;height:24px;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
b{min-width:24px;padding:3px 6px;border-radius:12px;background:var(--on);color:var(--fill);text-align:center}
[hidden]{display:none!important}
:focus-visible{outline:3px solid var(--ink);outline-offset:2px;box-shadow:0 0 0 6px var(--ground)}
dialog{position:fixed;z-index:2147483001;inset:auto;inset-block-end:84px;inset-inline-${side}:16px;margin:0;padding:0;border:1px solid #8888;border-radius:14px;overflow:hidden;width:400px;max-width:calc(100vw - 32px);height:min(660px,100dvh - 100px);max-height:none;background:var(--ground);color:var(--ink);box-shadow:0 8px 40px #0006;flex-direction:column}
dialog[open]{display:flex;animation:in .16s}
@keyframes in{from{opacity:0;transform:translateY(8px)}}
header{display:flex;align-items:center;justify-content:space-between;padding-inline-start:16px;background:var(--fill);color:var(--on)}
header button{width:48px;height:48px;display:grid;place-items:center;border:0;background:none;color:inherit;cursor:pointer}
header :focus-visible{outline-color:var(--on);outline-offset:-6px;box-shadow:none}
iframe{flex:1;width:100%;border:0;background:var(--ground)}
@media(max-width:480px),(max-height:480px){dialog{inset:0;width:100%;max-width:none;height:100%;border:0;border-radius:0}.b{padding:0 12px}.l{display:none}}
@media(prefers-reduced-motion:reduce){dialog[open]{animation:none}}`)

  const make = (name, attributes = {}, ...inside) => {
    const node = document.createElement(name)
    for (const key in attributes) node.setAttribute(key, attributes[key])
    node.append(...inside)
    return node
  }
  const icon = (path) => {
    const [svg, line] = ["svg", "path"].map((name) => document.createElementNS("http://www.w3.org/2000/svg", name))
    svg.setAttribute("viewBox", "0 0 24 24")
    svg.setAttribute("aria-hidden", "true")
    line.setAttribute("d", path)
    svg.append(line)
    return svg
  }
  const root = make("switchboard-chat")
  const shadow = root.attachShadow({ mode: "open" })
  const number = make("b", { hidden: "", "aria-hidden": "true" })
  const button = make("button", { class: "b", type: "button", "aria-haspopup": "dialog", "aria-expanded": "false", "aria-label": title }, icon("M21 12a8 8 0 0 1-8 8H4l2-3a8 8 0 1 1 15-5Z"), make("span", { class: "l" }, title), number)
  const shut = make("button", { type: "button", "aria-label": closing }, icon("M6 6l12 12M18 6 6 18"))
  const dialog = make("dialog", { "aria-label": title }, make("header", {}, make("span", {}, title), shut))
  shadow.adoptedStyleSheets = [sheet]
  shadow.append(make("div", { dir: getComputedStyle(document.documentElement).direction, lang: code }, button, dialog))

  let frame, ready, customer, forgotten
  const note = (store, key, value) => {
    try {
      const known = window[store].getItem(key)
      if (value !== undefined) window[store].setItem(key, value)
      return known
    } catch {}
  }
  const tell = (switchboard, more) => ready && frame.contentWindow.postMessage({ switchboard, ...more }, origin)
  const introduce = async () => {
    if (forgotten) tell("forget")
    forgotten = false
    const token = typeof customer === "function" ? await Promise.resolve(customer()).catch(() => "") : customer
    tell("hello", { open: dialog.open, customer: typeof token === "string" ? token : "" })
  }
  const load = () => {
    if (frame) return
    frame = make("iframe", { title, sandbox: "allow-scripts allow-forms allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-downloads", referrerpolicy: "origin" })
    frame.addEventListener("load", () => {
      ready = true
      introduce()
    })
    frame.src = `${shop.base}/embed?language=${code}&theme=${theme}`
    dialog.append(frame)
  }
  const open = (focus) => {
    load()
    if (dialog.open) return
    if (small.matches) dialog.showModal()
    else if (focus) dialog.show()
    else dialog.setAttribute("open", "")
    button.setAttribute("aria-expanded", "true")
    note("sessionStorage", "switchboard", "open")
    tell("open", { focus })
    if (focus) frame.focus()
  }
  const close = () => {
    if (!dialog.open) return
    dialog.close()
  }
  dialog.addEventListener("close", () => {
    button.setAttribute("aria-expanded", "false")
    note("sessionStorage", "switchboard", "")
    tell("closed")
    button.focus()
  })
  dialog.addEventListener("keydown", (event) => event.key === "Escape" && close())
  button.addEventListener("click", () => (dialog.open ? close() : open(true)))
  shut.addEventListener("click", close)
  addEventListener("message", ({ source, origin: from, data: said }) => {
    if (!frame || source !== frame.contentWindow || from !== origin || !said) return
    if (said.switchboard === "close") close()
    if (said.switchboard === "refused") console.warn("Switchboard: customer refused")
    if (said.switchboard !== "state") return
    const count = Math.min(99, Math.max(0, said.unread | 0))
    number.textContent = count
    number.hidden = !count
    button.setAttribute("aria-label", count ? `${title}, ${unreadWords.replace("{n}", count)}` : title)
    note("localStorage", "switchboard", said.talks ? "talks" : "")
  })
  window.Switchboard = Object.freeze({
    open: () => open(true),
    close,
    identify(token) {
      customer = token
      if (frame) introduce()
      else load()
    },
    forget() {
      customer = ""
      if (ready) tell("forget")
      else forgotten = true // said before the frame is there, which may remember a customer in this tab
    },
  })
  const begin = () => {
    document.body.append(root)
    customer = data.customer || customer || ""
    if (note("sessionStorage", "switchboard") === "open") open(false)
    else if (customer || note("localStorage", "switchboard")) load()
  }
  if (document.body) begin()
  else addEventListener("DOMContentLoaded", begin)
})(__SHOP__)
