"""Shows the built site on this computer: `make web SERVE=1`."""

import functools
import http.server
import sys
from pathlib import Path

TYPES = {".mjs": "text/javascript", ".js": "text/javascript", ".wasm": "application/wasm"}


class Handler(http.server.SimpleHTTPRequestHandler):
    """A static server with the two headers that let an endless loop be interrupted."""

    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, **TYPES}  # noqa: RUF012

    def end_headers(self) -> None:
        """Add the isolation headers, and one that stops the browser from using an old build."""
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing: a line for every file would hide the address."""


def serve(folder: Path, port: int) -> int:
    """Serve on 127.0.0.1 until Ctrl-C; if the port is taken, print one line and return 2."""
    handler = functools.partial(Handler, directory=str(folder))
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        print(f"port {port}: {error.strerror}; try make web SERVE={port + 1}", file=sys.stderr)
        return 2
    print(f"http://127.0.0.1:{port}/  (Ctrl-C ends it)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
    return 0
