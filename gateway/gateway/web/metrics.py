"""Numbers for Prometheus. Served on a port of their own, never to the public."""

from __future__ import annotations

import time

from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram

REQUESTS = Counter("gateway_requests_total", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "gateway_request_seconds",
    "Time to answer",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60),
)
UPLOADED = Counter("gateway_uploaded_bytes_total", "Bytes received by uploads")
UPLOADS = Counter("gateway_uploads_total", "Uploads by how they ended", ["result"])
OBJECTS = Counter("gateway_objects_total", "Objects that nobody refers to: collected, or unreferenced", ["result"])
"""Unreferenced: found by the daily round, which nobody had released."""


def install(app: Flask) -> None:
    def count(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "unmatched"
        REQUESTS.labels(request.method, route, response.status_code).inc()
        if "began" in g:
            SECONDS.labels(route).observe(time.perf_counter() - g.began)
        return response

    app.after_request(count)
