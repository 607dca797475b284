"""Serves the page to this machine only, and returns what the network reads."""

import base64
import binascii
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np

from cnnlab.draw.reading import Reader
from cnnlab.errors import LabError

HOST = "127.0.0.1"
SIDE = 140
"""Pixels along the drawing that the page sends, one byte each, in base64."""

_HERE = Path(__file__).parent
_FILES = {
    "/": ("page.html", "text/html"),
    "/draw.js": ("draw.js", "text/javascript"),
    "/draw.css": ("draw.css", "text/css"),
}
_LONGEST = 2 * SIDE * SIDE


def make_server(reader: Reader, port: int = 0) -> ThreadingHTTPServer:
    """Make the server; port 0 takes a free one. `serve_forever` starts it."""
    reading = threading.Lock()  # forward stores arrays in the layers: one drawing at a time

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path not in _FILES or not self._from_here():
                self._answer(404, "text/plain", b"not found")
                return
            name, kind = _FILES[self.path]
            self._answer(200, kind, (_HERE / name).read_bytes())

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            # A page of another site cannot send this type without a CORS preflight request.
            json_alone = self.headers.get("Content-Type") == "application/json"
            if self.path != "/read" or not self._from_here() or not json_alone:
                self._answer(404, "text/plain", b"not found")
                return
            if not length.isdigit() or int(length) > _LONGEST:
                self._answer(413, "text/plain", b"too long")
                return
            try:
                pixels = base64.b64decode(json.loads(self.rfile.read(int(length)))["pixels"])
                drawing = np.frombuffer(pixels, np.uint8).reshape(SIDE, SIDE) / 255
            except (ValueError, KeyError, TypeError, binascii.Error):
                self._answer(400, "text/plain", b"not a drawing")
                return
            try:
                with reading:
                    said = reader.read(drawing)
            except LabError as error:
                said = {"error": str(error)}
            self._answer(200, "application/json", json.dumps(said).encode())

        def _from_here(self) -> bool:
            return self.headers.get("Host", "").partition(":")[0] in (HOST, "localhost")

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", "default-src 'self'; img-src 'self' data:")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Print nothing: a line for each stroke would hide the other lines."""

    return ThreadingHTTPServer((HOST, port), Handler)
