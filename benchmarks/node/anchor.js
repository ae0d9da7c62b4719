// What the product is measured beside: Node's own Socket.IO server, with rooms and hints of the same shape and nothing else.
import { createServer } from "node:http"
import { Server } from "socket.io"

const server = createServer((request, response) => response.end("ok"))
const io = new Server(server, { transports: ["websocket"], pingInterval: 20_000, pingTimeout: 15_000 })
io.on("connection", (socket) => {
  socket.on("join", ({ screen }, answer) => {
    socket.join(screen)
    answer({ ok: true, version: 0 })
  })
  socket.on("publish", ({ screen, version }, answer) => {
    io.to(screen).emit("stale", { screen, version })
    answer({ ok: true })
  })
})
server.listen({ port: +process.env.PORT, host: "127.0.0.1", backlog: 4096 })
