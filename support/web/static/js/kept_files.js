// Files that are on their way, kept in this browser so that they go on after a reload. Where that is forbidden, the reader
// is asked to choose the file again.
const STORE = "files"
const DAY = 86_400_000

export async function keepFile(key, file) {
  await act("readwrite", (store) => store.put({ file, at: Date.now() }, key))
}

export async function keptFile(key) {
  return (await act("readonly", (store) => store.get(key)))?.file ?? null
}

export async function dropFile(key) {
  await act("readwrite", (store) => store.delete(key))
}

// What nobody came back to: the server has forgotten it, too
export async function dropOldFiles() {
  await act("readwrite", (store) => {
    const all = store.openCursor()
    all.onsuccess = () => {
      const found = all.result
      if (!found) return
      if (Date.now() - found.value.at > DAY) found.delete()
      found.continue()
    }
    return all
  })
}

async function act(mode, task) {
  try {
    const base = await opened()
    const done = base.transaction(STORE, mode)
    const asked = task(done.objectStore(STORE))
    await new Promise((resolve, reject) => {
      done.oncomplete = resolve
      done.onerror = done.onabort = () => reject(done.error)
    })
    return asked.result
  } catch {
    return null
  }
}

let base = null

function opened() {
  base ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("switchboard", 1)
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE)
    asked.onsuccess = () => resolve(asked.result)
    asked.onerror = () => reject(asked.error)
  })
  return base
}
