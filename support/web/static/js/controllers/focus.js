// Takes the focus when it appears: the summary of errors, so that it is read and reached first.
import { Controller } from "@hotwired/stimulus"

export default class extends Controller {
  connect() {
    this.element.focus()
  }
}
