// Light, dark, or as the system; the choice is a cookie that the server reads on the next page.
import { Controller } from "@hotwired/stimulus"

const CHOICES = ["", "light", "dark"]
const YEAR = 365 * 86400

export default class extends Controller {
  static targets = ["words"]
  static values = { words: Array }

  connect() {
    this.element.hidden = false
    this.tell()
  }

  next() {
    const chosen = CHOICES[(CHOICES.indexOf(this.now()) + 1) % CHOICES.length]
    if (chosen) document.documentElement.dataset.bsTheme = chosen
    else delete document.documentElement.dataset.bsTheme
    const secure = location.protocol === "https:" ? "; Secure" : ""
    document.cookie = `theme=${chosen}; Path=/; SameSite=Lax; Max-Age=${chosen ? YEAR : 0}${secure}`
    this.tell()
  }

  tell() {
    this.wordsTarget.textContent = this.wordsValue[CHOICES.indexOf(this.now())]
  }

  now() {
    const now = document.documentElement.dataset.bsTheme ?? ""
    return CHOICES.includes(now) ? now : ""
  }
}
