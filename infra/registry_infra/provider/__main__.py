"""`python -m registry_infra.provider`: the sandbox's payment provider as a process.

| variable | meaning |
|---|---|
| `REGISTRY_PROVIDER_PORT` | where it listens |
| `REGISTRY_PROVIDER_HOST` | on which address; 127.0.0.1 |
| `REGISTRY_KEYS_DIR` | its keys and books are in the folder `provider` there; made if missing |
| `REGISTRY_HEALTH_PORT` | `/readyz` for the launcher; 0 or unset: only at the main port |
| `REGISTRY_PROFILE` | refuses to start when `production` |
"""

import os
import signal
import sys
import threading
from pathlib import Path

from werkzeug.serving import make_server

from registry_infra.provider.app import Provider, create_app
from registry_infra.provider.keys import create_provider_keys
from registry_infra.provider.notices import Notifier


def main() -> None:
    if os.environ.get("REGISTRY_PROFILE") == "production":
        sys.exit("the provider simulator is for the sandbox only: REGISTRY_PROFILE is production")
    folder = Path(os.environ["REGISTRY_KEYS_DIR"]) / "provider"
    create_provider_keys(folder)
    provider = Provider(folder, folder / "books.sqlite")
    app = create_app(provider)
    host = os.environ.get("REGISTRY_PROVIDER_HOST", "127.0.0.1")
    ports = [int(os.environ["REGISTRY_PROVIDER_PORT"])]
    if health := int(os.environ.get("REGISTRY_HEALTH_PORT") or 0):
        ports.append(health)
    servers = [make_server(host, port, app, threaded=True) for port in ports]
    notifier = Notifier(provider.books, provider.keys)
    notifier.start()
    stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopping.set())
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"provider simulator listens on {host}:{ports[0]}", flush=True)
    stopping.wait()
    for server in servers:
        server.shutdown()
    notifier.stop()
    provider.books.close_file()


if __name__ == "__main__":
    main()
