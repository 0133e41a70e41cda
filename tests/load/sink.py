"""The yardstick of upload speed: a bare Flask application that writes and hashes a body, and nothing else."""

from __future__ import annotations

import hashlib
import os
import tempfile

from flask import Flask, Response, request

app = Flask(__name__)


@app.post("/")
def receive() -> Response:
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=os.environ["SINK_FOLDER"]) as file:
        while block := request.stream.read(256 * 1024):
            file.write(block)
            digest.update(block)
        file.flush()
        os.fdatasync(file.fileno())
    return Response(digest.hexdigest())
