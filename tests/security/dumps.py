"""Everything that a running system has written: every column of every database, and every file."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from registry_infra.folders import find_folders
from registry_infra.processes import Settings

from tests.security.needles import Needle

_TABLES = """
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_toast'
"""


class Dump:
    """What one stack keeps. ``columns``: ``database.table.column`` to all of its values, one after the other."""

    def __init__(self, data: Path) -> None:
        self.folders = find_folders(data)
        self.settings = Settings.load(self.folders.settings)

    @cached_property
    def columns(self) -> dict[str, bytes]:
        found: dict[str, list[bytes]] = defaultdict(list)
        for name, url in self.settings.owner_database_urls.items():
            with psycopg.connect(url) as connection:
                for schema, table in connection.execute(_TABLES).fetchall():
                    place = sql.Identifier(schema, table)
                    cursor = connection.execute(sql.SQL("SELECT * FROM {}").format(place))
                    titles = [str(column.name) for column in cursor.description or ()]
                    for row in cursor:
                        for title, value in zip(titles, row, strict=True):
                            found[f"{name}.{table}.{title}"].append(_as_bytes(value))
        return {place: b"\n".join(values) for place, values in found.items()}

    def in_columns(self, needle: Needle) -> set[str]:
        """Where in the databases it lies."""
        wanted = [re.compile(pattern) for pattern in needle.patterns()]
        return {place for place, values in self.columns.items() if any(one.search(values) for one in wanted)}

    def rows(self, database: str, statement: LiteralString) -> list[tuple[Any, ...]]:
        """For what a test must know itself."""
        with psycopg.connect(self.settings.owner_database_urls[database]) as connection:
            return connection.execute(statement).fetchall()

    def files(self) -> Iterator[Path]:
        for top in {self.folders.data, self.folders.servers}:
            yield from (place for place in top.rglob("*") if place.is_file() and not place.is_symlink())

    def in_files(self, needles: Iterable[Needle]) -> set[tuple[str, str]]:
        """(needle, file) of everything that was found in any file: logs, objects, the servers' own."""
        return Files((self.folders.data, self.folders.servers)).search(needles)


@dataclass(frozen=True)
class Files:
    """All files below some folders."""

    tops: Sequence[Path]

    def search(self, needles: Iterable[Needle]) -> set[tuple[str, str]]:
        """(what, file) of every needle that is found."""
        wanted = list(needles)
        patterns = {needle: [re.compile(pattern) for pattern in needle.patterns()] for needle in wanted}
        found = set()
        for file in self._worth_a_look(wanted):
            content = _content(file)
            found |= {
                (needle.what, str(file)) for needle in wanted if any(one.search(content) for one in patterns[needle])
            }
        return found

    def _worth_a_look(self, needles: list[Needle]) -> list[Path]:
        """Files with one of the spellings in them, by grep: some hundred megabytes and some hundred spellings.

        It knows lines only; of a spelling with a line break in it, it looks for the longest part.
        """
        literals = {max(literal.split(b"\n"), key=len) for needle in needles for literal in needle.literals()}
        with tempfile.NamedTemporaryFile() as spellings:
            spellings.write(b"\n".join(sorted(literals)))
            spellings.flush()
            tops = sorted({str(top) for top in self.tops})
            command = ["grep", "-rlaZF", "-D", "skip", "-f", spellings.name, *tops]
            done = subprocess.run(command, capture_output=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"})
        assert done.returncode in (0, 1) or b"No such file" in done.stderr, done.stderr[-300:]
        return [Path(name) for name in sorted(set(done.stdout.decode().split("\0")) - {""}) if Path(name).exists()]


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:  # the servers remove files of their own
        return b""


def _as_bytes(value: Any) -> bytes:
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False).encode()
    return str(value).encode("utf-8", "surrogatepass")
