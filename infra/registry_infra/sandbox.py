"""The last lines of `up`: the address to open and who can sign in."""

import json
import urllib.error
import urllib.request
from typing import Any

from registry_infra.progress import say

COLUMNS = ("login", "name", "roles", "password", "totp")


def announce(url: str, how_to_stop: str) -> None:
    """Prints the address and, in the sandbox, the staff accounts with their passwords and current TOTP codes."""
    show_staff(url)
    announce_address(url, how_to_stop)


def announce_address(url: str, how_to_stop: str) -> None:
    """The line that people and scripts wait for."""
    say(f"Ready. Open {url}   ({how_to_stop})")


def show_staff(url: str) -> None:
    """Prints the staff of a running sandbox with their public passwords."""
    for line in staff_table(staff_accounts(url)):
        print(line)


def staff_accounts(url: str) -> list[dict[str, Any]]:
    """Empty where there is no sandbox."""
    try:
        with urllib.request.urlopen(f"{url}/sandbox/staff", timeout=10) as answer:  # noqa: S310 - our own gateway
            body = json.load(answer)
    except (OSError, ValueError):
        return []
    accounts: list[dict[str, Any]] = body["items"] if isinstance(body, dict) else body
    return accounts


def staff_table(accounts: list[dict[str, Any]]) -> list[str]:
    """Lines with the columns in a fixed order, those that a later version adds at the end."""
    if not accounts:
        return []
    columns = [name for name in COLUMNS if name in accounts[0]]
    columns += [name for name, value in accounts[0].items() if name not in columns and isinstance(value, str)]
    rows = [columns, *[[_text(account.get(name, "")) for name in columns] for account in accounts]]
    widths = [max(_width(row[index]) for row in rows) for index in range(len(columns))]
    lines = [
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return ["", "Staff accounts of the sandbox (codes change every 30 s: GET /sandbox/staff):", *lines, ""]


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
