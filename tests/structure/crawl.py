"""Following links as people do: what one person reaches from where they begin, and what is wrong on the way."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import parse_qsl, urldefrag, urlencode, urljoin, urlsplit

import httpx
from flask import Flask
from gateway.pages import BLUEPRINTS
from lxml import html
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map

ADDRESSES = {
    "a": "href",
    "iframe": "src",
    "img": "src",
    "object": "data",
    "embed": "src",
    "link": "href",
    "script": "src",
}


@cache
def routes() -> Map:
    app = Flask(__name__)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app.url_map


def page_routes() -> set[str]:
    """Rules of all pages: whatever of the blueprints answers a GET."""
    return {rule.rule for rule in routes().iter_rules() if "GET" in (rule.methods or ()) and rule.endpoint != "static"}


def route_of(url: str) -> str | None:
    """The rule that answers an address; None when no page does (the API, static files)."""
    try:
        rule, _values = routes().bind("").match(urlsplit(url).path, return_rule=True)
    except HTTPException:
        return None
    return None if rule.endpoint == "static" else str(rule.rule)


@dataclass
class Crawl:
    """One person's walk. ``within``: links are followed from addresses that begin so; those that lead out are only
    opened. ``most``: addresses looked at of each route with the same parameters, so that it ends before long lists do.
    """

    client: httpx.Client
    within: str = "/"
    most: int = 5
    pages: dict[str, str] = field(default_factory=dict)
    routes: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def start(self, *addresses: str) -> Crawl:
        waiting = deque((address, "the beginning") for address in addresses)
        known: set[str] = set(addresses)
        looked: Counter[str] = Counter()
        while waiting:
            address, source = waiting.popleft()
            kind = f"{route_of(address) or address} {sorted(dict(parse_qsl(urlsplit(address).query, True)))}"
            if looked[kind] >= self.most:
                continue
            looked[kind] += 1
            for link in self.look(address, source):
                if link not in known and address.startswith(self.within):
                    known.add(link)
                    waiting.append((link, address))
        return self

    def look(self, address: str, source: str) -> Iterator[str]:
        """Opens an address; the addresses of this site that its answer leads to."""
        answer = self.client.get(address)
        route = route_of(address)
        if answer.is_redirect:
            yield from _ours(self.client.base_url, address, [answer.headers["Location"]])
        elif answer.status_code != 200:
            self.wrong.append(f"{source} leads to {address}, which answers {answer.status_code}")
        else:
            if route:
                self.routes.add(route)
            if answer.headers["Content-Type"].startswith("text/html"):
                self.pages[address] = answer.text
                tree = html.document_fromstring(answer.text)
                self.wrong += [f"{address} leads to #{name}, which it has not" for name in _missing_places(tree)]
                yield from _ours(self.client.base_url, address, links(tree))


def links(tree: html.HtmlElement) -> Iterator[str]:
    """Addresses that an element of the page fetches or leads to by GET."""
    for element in tree.iter("*"):
        for name in (ADDRESSES.get(element.tag, "href"), "hx-get"):
            if value := element.get(name):
                yield value
        if element.tag == "form" and element.get("method", "get").lower() == "get":
            yield element.get("action", "")


def _ours(base: httpx.URL, here: str, found: Iterator[str] | list[str]) -> Iterator[str]:
    """Absolute paths of what belongs to this site, each without its fragment and in the language that is spoken."""
    for link in found:
        parts = urlsplit(urldefrag(urljoin(str(base.join(here)), link)).url)
        if (parts.scheme, parts.netloc) == (base.scheme, f"{base.host}:{base.port}"):
            query = urlencode([(name, value) for name, value in parse_qsl(parts.query, True) if name != "lang"])
            yield f"{parts.path}?{query}" if query else parts.path


def _missing_places(tree: html.HtmlElement) -> list[str]:
    there = {element.get("id") for element in tree.iter("*")}
    named = [
        link[1:] for element in tree.iter("*") if (link := element.get("href", "")).startswith("#") and len(link) > 1
    ]
    return [name for name in named if name not in there]
