"""What saving a step of the wizard costs: processor time of the whole system, by part, taken from the kernel.

One applicant opens the description of a draft and saves it again and again as a browser without script does, each time
with other words; with ``--on`` it also opens the page that the save leads to. To compare two releases run it from each
in turns: it asks nothing of the pages but their forms.

    python -m tests.load.steps 300 3 --on
"""

from __future__ import annotations

import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path

import httpx
from registry_infra.folders import find_folders
from registry_infra.portal import Portal
from registry_infra.testing import start_stack

from tests.journeys.people import Person
from tests.load.journeys import spent
from tests.load.servers import median, show
from tests.staff import Staff

STEP = "description"
PARTS = ("gateway", "filing", "database", "broker")


class Entries(HTMLParser):
    """What a page's fields hold."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._area = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "input" and named.get("name"):
            self.found[named["name"]] = named.get("value", "")
        if tag == "textarea":
            self._area = named["name"]
            self.found[self._area] = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.found[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""


def signed_in(url: str, person: Person) -> httpx.Client:
    client = httpx.Client(base_url=url, timeout=60)
    entries = Entries(client.get("/sign-in").text).found
    login = {"login": person.who.mobile, "password": person.who.password}
    answer = client.post("/sign-in", data=entries | login)
    if answer.status_code != 303:
        raise RuntimeError(f"nobody signed in: {answer.status_code}")
    return client


def save(client: httpx.Client, address: str, entries: dict[str, str], times: int, on: bool) -> None:
    """So many saves, one after the other; each must have been taken."""
    version = int(entries["draft.version"])
    first = next(name for name in entries if name.startswith(f"{STEP}."))
    for number in range(times):
        changed = entries | {
            first: f"写给第 {number} 位读者。",
            "draft.version": str(version + number),
            "action": "next",
        }
        changed["idempotency_key"] = f"{entries['idempotency_key']}-{number}"
        answer = client.post(address, data=changed)
        if answer.status_code != 303:
            raise RuntimeError(f"save {number} answered {answer.status_code}")
        if on and client.get(answer.headers["Location"]).status_code != 200:
            raise RuntimeError(f"save {number} led nowhere")


def main(saves: int = 300, rounds: int = 3, *, on: bool = False) -> None:
    with tempfile.TemporaryDirectory() as name, start_stack(Path(name)) as stack:
        Path(name).chmod(0o755)
        stack_id = find_folders(stack.data).stack_id
        visitor = Portal(stack.url)
        person = Person(visitor, Staff(visitor)).sign_up().verify()
        address = f"/registration/applications/{person.draft()}/{STEP}"
        client = signed_in(stack.url, person)
        costs: list[dict[str, float]] = []
        for turn in range(rounds + 1):
            entries = Entries(client.get(address).text).found
            before = spent(stack_id)
            save(client, address, entries, saves, on)
            after = spent(stack_id)
            if turn:  # the first one warms up
                costs.append({part: (after[part] - before.get(part, 0.0)) / saves * 1000 for part in after})
    for part in PARTS:
        show(bench="steps", part=part, ms_each=median([cost.get(part, 0.0) for cost in costs]))
    show(bench="steps", ms_each=median([sum(cost.get(part, 0.0) for part in PARTS) for cost in costs]), saves=saves)


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:] if word.isdigit()), on="--on" in sys.argv)
