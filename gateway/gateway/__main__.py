"""``python -m gateway``: the gateway under gunicorn, ready for production."""

from __future__ import annotations

import os
import sys
import tempfile


def main() -> None:
    os.environ.setdefault("REGISTRY_SERVICE", "gateway")
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="gateway-metrics-"))
    program = [sys.executable, "-m", "gunicorn", "--config", "python:gateway.gunicorn_conf", "gateway.app:create_app()"]
    os.execv(sys.executable, program)  # noqa: S606  gunicorn takes this process over


if __name__ == "__main__":
    main()
