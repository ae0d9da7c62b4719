// A button that puts its text into the composer, and says which article it came from.
import { Controller } from "@hotwired/stimulus"

export default class extends Controller {
  static values = { text: String, article: String }

  insert(event) {
    event?.preventDefault()
    const detail = { text: this.textValue, article: this.articleValue }
    document.dispatchEvent(new CustomEvent("composer:insert", { detail }))
  }
}
