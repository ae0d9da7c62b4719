// Starts Turbo and Stimulus and names every controller of the pages. The import map in the head says where all this lies.
import * as Turbo from "@hotwired/turbo"
import { Application } from "@hotwired/stimulus"
import ago from "./controllers/ago.js"
import attachments from "./controllers/attachments.js"
import composer from "./controllers/composer.js"
import dirty from "./controllers/dirty.js"
import draft from "./controllers/draft.js"
import focus from "./controllers/focus.js"
import insert from "./controllers/insert.js"
import live from "./controllers/live.js"
import matrix from "./controllers/matrix.js"
import menu from "./controllers/menu.js"
import offer from "./controllers/offer.js"
import pace from "./controllers/pace.js"
import panes from "./controllers/panes.js"
import pop from "./controllers/pop.js"
import preview from "./controllers/preview.js"
import ring from "./controllers/ring.js"
import suggest from "./controllers/suggest.js"
import theme from "./controllers/theme.js"
import thread from "./controllers/thread.js"
import { ask } from "./confirm.js"
import { showConnection } from "./connection.js"
import { keepPlace } from "./keep_place.js"
import { listenForKeys } from "./keys.js"
import { keepAlive } from "./live_socket.js"
import { keepOfflinePage } from "./offline.js"

Turbo.config.drive.progressBarDelay = 300
Turbo.config.forms.confirm = ask

const application = Application.start()
const controllers = { ago, attachments, composer, dirty, draft, focus, insert, live, matrix, menu, offer, pace, panes, pop, preview, ring, suggest, theme, thread }
for (const [name, controller] of Object.entries(controllers)) application.register(name, controller)

showConnection()
listenForKeys()
keepPlace()
keepAlive()
keepOfflinePage()
