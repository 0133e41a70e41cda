"""RPC hop against a bare py-amqp request and reply under eventlet: one broker, turn by turn, medians of the turns."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.load.servers import CHECKOUT, bench, median, run_client, show


def main(rounds: int = 5, seconds: float = 3.0) -> None:
    with bench() as servers, servers.databases.database("chassis.testing.sample") as database:
        command = [sys.executable, "-W", "ignore", "-m", "tests.load.echo", "serve", servers.broker]
        server = subprocess.Popen(command, cwd=CHECKOUT, env=dict(os.environ))
        try:
            with servers.sample(database):
                for concurrency in (1, 10):
                    turns = [
                        {
                            kind: run_client("tests.load.echo", kind, servers.broker, concurrency, seconds)
                            for kind in KINDS
                        }
                        for _ in range(rounds)
                    ]
                    for kind in KINDS:
                        facts = {key: median([turn[kind][key] for turn in turns]) for key in ("rate", "p50", "p99")}
                        show(bench="rpc", kind=kind, concurrency=concurrency, **facts)
                    show(
                        bench="rpc ratio",
                        concurrency=concurrency,
                        latency=median([turn["ours"]["p50"] / turn["bare"]["p50"] for turn in turns]),
                        throughput=median([turn["ours"]["rate"] / turn["bare"]["rate"] for turn in turns]),
                    )
        finally:
            server.kill()
            server.wait()


KINDS = ("bare", "ours")

if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:2]))
