"""No page of staff sends a role where that role may not go: neither by a link nor by naming a place of the menu."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from contracts.base import STAFF_ROLES
from gateway.web.navigation import STAFF_NAVIGATION

import gateway

ROOT = Path(gateway.__file__).parent
OPENED = re.compile(r'staff_only\(\s*Blueprint\("(\w+)"[^)]*\)((?:,\s*"\w+")*)')
LINK = re.compile(r"url_for\('(\w+)\.")
ASKED_FIRST = {
    ("staff/seals.html", "查找"): "said to who proposes, an archivist",
    ("staff/lookups.html", "staff_account_files"): "for who opens accounts",
    ("staff/case_file.html", "staff_account_files"): "for who opens accounts",
    ("staff/case_file.html", "staff_seals"): "for archivists",
    ("staff/case_file.html", "staff_batches"): "for customer service",
    ("staff/reconciliation.html", "staff_bank"): "for cashiers",
    ("staff/workbench.html", "issuing"): "compared with, not linked to",
    ("staff/issuing.html", "issuing"): "the page itself, whose module shows the workbench too",
}
"""What a page says or links to for some of its roles alone: it looks at the role before."""


def blueprints() -> dict[str, frozenset[str]]:
    """Blueprint → the roles that open its pages."""
    found = {}
    for file in (ROOT / "pages").glob("*.py"):
        for name, roles in OPENED.findall(file.read_text(encoding="utf-8")):
            found[name] = frozenset(re.findall(r'"(\w+)"', roles)) or frozenset(STAFF_ROLES)
    return found


def shown() -> Iterator[tuple[str, frozenset[str]]]:
    """(template, the roles that may be shown it): as the page modules render them."""
    roles = blueprints()
    for file in sorted((ROOT / "pages").glob("*.py")):
        text = file.read_text(encoding="utf-8")
        own = [roles[name] for name, _ in OPENED.findall(text)]
        for template in re.findall(r'"(staff/\w+\.html)"', text) if own else []:
            yield template, frozenset.union(*own)


def astray() -> Iterator[tuple[str, str, frozenset[str]]]:
    """(template, where it leads, the roles that may not go there)."""
    opened = blueprints()
    places = {str(entry.label): entry.roles or frozenset(STAFF_ROLES) for entry in STAFF_NAVIGATION}
    for template, readers in shown():
        text = (ROOT / "templates" / template).read_text(encoding="utf-8")
        ways = {name: opened[name] for name in LINK.findall(text) if name in opened}
        ways |= {title: places[title] for title in re.findall("“([^”]+)”", text) if title in places}
        for way, roles in ways.items():
            if shut_out := readers - roles:
                yield template, way, shut_out


@pytest.mark.requirement("W-02")
def test_nobody_is_sent_where_their_role_may_not_go() -> None:
    found = [(template, way, sorted(roles)) for template, way, roles in astray() if (template, way) not in ASKED_FIRST]
    assert found == []


def test_what_is_asked_first_is_still_there() -> None:
    assert set(ASKED_FIRST) == {(template, way) for template, way, _ in astray()}
