"""The public progress query in a bare Flask application with psycopg: no layers, no broker, one SQL statement."""

from __future__ import annotations

import os
import threading

import psycopg
from flask import Flask, Response, jsonify

_QUERY = """
    SELECT c.acceptance_number, c.type, c.state, c.title, c.updated_at,
           (SELECT jsonb_agg(jsonb_build_object('action', a.action, 'at', a.at, 'to', a.to_state) ORDER BY a.id)
            FROM actions a WHERE a.case_id = c.id),
           (SELECT jsonb_agg(jsonb_build_object('kind', d.kind, 'due_on', d.due_on, 'state', d.state))
            FROM deadlines d WHERE d.case_id = c.id)
    FROM cases c WHERE c.acceptance_number = %s
"""
_local = threading.local()
app = Flask(__name__)


@app.get("/api/v1/progress/<number>")
def progress(number: str) -> Response | tuple[Response, int]:
    connection = getattr(_local, "connection", None)
    if connection is None:
        connection = _local.connection = psycopg.connect(os.environ["BARE_DATABASE_URL"], autocommit=True)
    row = connection.execute(_QUERY, [number]).fetchone()
    if row is None:
        return jsonify(code="number_unknown"), 404
    names = ("number", "type", "state", "title", "updated_at", "actions", "deadlines")
    return jsonify(dict(zip(names, row, strict=True)))
