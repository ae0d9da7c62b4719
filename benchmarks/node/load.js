// The load of benchmarks/live.py. What to do comes as one line of JSON on the standard input, further lines say when to go on; each answer is a line of JSON.
import { createInterface } from "node:readline"
import { idle, fanOut, storm } from "./crowds.js"
import { talk } from "./talk.js"

const input = createInterface({ input: process.stdin })
const lines = input[Symbol.asyncIterator]()
input.on("close", () => process.exit(1)) // whoever gave the order is gone
const next = async () => JSON.parse((await lines.next()).value)
const say = (data) => process.stdout.write(`${JSON.stringify(data)}\n`)

const order = await next()
await { idle, fanOut, storm, talk }[order.what](order, say, next)
process.exit(0)
