"""Metrics of every service (Prometheus), shown at ``/metrics`` on the health port."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

RPC_SECONDS = Histogram(
    "registry_rpc_seconds",
    "Time a request took in its service",
    ["method", "outcome"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)
EVENTS_PUBLISHED = Counter("registry_events_published_total", "Events confirmed by the broker", ["source"])
EVENTS_HANDLED = Counter("registry_events_handled_total", "Events handled", ["consumer", "outcome"])
"""Outcomes: done, failed (will be tried again), parked (needs an operator)."""
OBJECTS_MISSING = Gauge(
    "registry_objects_missing", "References without an object, in the last daily round", multiprocess_mode="mostrecent"
)
