"""A bare py-amqp request and reply under eventlet: the floor against which our RPC is measured. Server and client.

``echo serve URL``, ``echo bare URL CONCURRENCY SECONDS``; ``echo ours URL CONCURRENCY SECONDS`` calls the sample
service through the chassis's client, from threads, as the gateway does.
"""

from __future__ import annotations

import sys

if sys.argv[1] != "ours":
    import eventlet

    eventlet.monkey_patch()

import json
import threading
import time
import uuid
from typing import Any
from urllib.parse import unquote, urlsplit

import amqp
from chassis.rpc.client import RpcClient
from chassis.testing.sample.contracts import ECHO, Add

from tests.load.servers import percentile


def connect(url: str) -> amqp.Connection:
    """py-amqp as it comes."""
    parts = urlsplit(url)
    connection = amqp.Connection(
        host=f"{parts.hostname}:{parts.port}",
        userid=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        virtual_host=unquote(parts.path[1:]),
    )
    connection.connect()
    return connection


QUEUE, EXCHANGE = "bare-echo", "nameko-rpc"
TEXT = "长江边的石头 " * 14
"""About 300 bytes as JSON."""


def serve(url: str) -> None:
    connection = connect(url)
    channel = connection.channel()
    channel.queue_declare(QUEUE, durable=True, auto_delete=False)
    channel.queue_bind(QUEUE, EXCHANGE, "bare.echo")
    channel.basic_qos(0, 16, False)

    def answer(message: Any) -> None:
        body = json.dumps({"result": json.loads(message.body)["args"][0], "error": None}, ensure_ascii=False)
        reply = amqp.Message(body, correlation_id=message.properties["correlation_id"], delivery_mode=1)
        channel._basic_publish(reply, exchange=EXCHANGE, routing_key=message.properties["reply_to"])
        channel.basic_ack(message.delivery_info["delivery_tag"])

    channel.basic_consume(QUEUE, callback=answer)
    while True:
        connection.drain_events()


def bare(url: str, concurrency: int, seconds: float) -> list[float]:
    """Latencies of as many calls as fit."""
    connection = connect(url)
    channel = connection.channel()
    key = f"reply.bare.{uuid.uuid4().hex}"
    queue = channel.queue_declare("", exclusive=True).queue
    channel.queue_bind(queue, EXCHANGE, key)
    waiting: dict[str, Any] = {}
    channel.basic_consume(
        queue, no_ack=True, callback=lambda m: waiting.pop(m.properties["correlation_id"]).send(json.loads(m.body))
    )

    def drain() -> None:
        while True:
            connection.drain_events()

    eventlet.spawn_n(drain)
    times: list[float] = []
    end = time.monotonic() + seconds

    def work() -> None:
        while time.monotonic() < end:
            started = time.perf_counter()
            name = uuid.uuid4().hex
            event = waiting[name] = eventlet.Event()
            body = json.dumps({"args": [{"counter": TEXT, "amount": 1}], "kwargs": {}}, ensure_ascii=False)
            message = amqp.Message(body, reply_to=key, correlation_id=name, delivery_mode=1)
            channel._basic_publish(message, exchange=EXCHANGE, routing_key="bare.echo")
            event.wait()
            times.append(time.perf_counter() - started)

    pool = eventlet.GreenPool(concurrency)
    for _ in range(concurrency):
        pool.spawn_n(work)
    pool.waitall()
    return times


def ours(url: str, concurrency: int, seconds: float) -> list[float]:
    client = RpcClient(url, "gateway")
    request = Add(counter=TEXT)
    client.call(ECHO, request, timeout=30)
    times: list[float] = []
    end = time.monotonic() + seconds

    def work() -> None:
        while time.monotonic() < end:
            started = time.perf_counter()
            client.call(ECHO, request)
            times.append(time.perf_counter() - started)

    threads = [threading.Thread(target=work) for _ in range(concurrency)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    client.close()
    return times


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2])
    measured = {"bare": bare, "ours": ours}[sys.argv[1]](sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
    milliseconds = [value * 1000 for value in measured]
    facts = {
        "rate": len(measured) / float(sys.argv[4]),
        "p50": percentile(milliseconds, 0.5),
        "p99": percentile(milliseconds, 0.99),
    }
    sys.stdout.write(json.dumps(facts) + "\n")
