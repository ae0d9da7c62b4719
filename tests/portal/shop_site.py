"""A shop's site on another origin than ours, as strict as a page can be, with our script on it."""
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = """<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Tents</title></head>
<body><main><h1>Tents</h1><p><a href="/two">The next page</a></p></main><script src="{base}/embed.js"{more} defer></script></body></html>"""


class ShopSite:
    """`url` is its address by the name localhost; `more` are attributes of the script's line on the next page that is asked for."""

    def __init__(self, base: str):
        self.base, self.more, self.language, self.direction = base, "", "en", "ltr"
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                body = PAGE.format(base=site.base, more=site.more, language=site.language, direction=site.direction).encode()
                self.send_response(200 if self.path != "/favicon.ico" else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                policy = f"default-src 'none'; script-src {site.base}; frame-src {site.base}; style-src 'none'; require-trusted-types-for 'script'"
                self.send_header("Content-Security-Policy", policy)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args):
                """A test says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.url = f"http://localhost:{self.port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
