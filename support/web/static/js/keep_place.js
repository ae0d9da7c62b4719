// Whoever pressed something in a piece that is renewed in place goes on there by keyboard, although what was pressed is gone.
export function keepPlace() {
  document.addEventListener("turbo:before-stream-render", ({ detail, target }) => {
    const place = target.targetElements.find((one) => one.contains(document.activeElement))
    if (!place) return
    const render = detail.render
    detail.render = async (stream) => {
      await render(stream)
      if (document.activeElement === document.body) (place.querySelector("button, a[href], summary") ?? document.getElementById("main"))?.focus()
    }
  })
}
