"""The ZIP of a copy: for each section its records as JSON, and a page for reading that leads through them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from chassis.catalogues import Language, Texts, beside
from chassis.clock import legal_date
from contracts.own_data import SECTIONS, OwnData, OwnRecord, ReadOwnData, Section

from identity.exports.model import LISTED, Pieces

TEXTS = Texts(beside(__package__))
"""*section*: what a section is called; *page*: what the page for reading says; *word*: what a code there means."""
Ask = Callable[[str, ReadOwnData], OwnData]
"""(service, what is asked) → a page of what it keeps."""
_STYLE = (
    "body{font:16px/1.7 'PingFang SC','Microsoft YaHei','Noto Sans SC',sans-serif;max-width:52rem;margin:2rem auto;"
    "padding:0 1rem;color:#1f2a37}h1,h2{color:#12324f}li{margin:.3rem 0;overflow-wrap:anywhere}"
    "small{color:#5b6673}code{font-size:.85em;overflow-wrap:anywhere}"
)


@dataclass
class _Told:
    """What the page for reading says of a section."""

    service: str
    section: Section
    count: int = 0
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Copy:
    """Whose copy it is, in which language its page is, when it was asked for, where the site is."""

    account_id: str
    language: Language
    asked_at: datetime
    site: str


def write(copy: Copy, out: Pieces, ask: Ask, report: Callable[[float], None]) -> None:
    """Section by section, page by page: no more than a page of records is in memory. ``report``: the share done."""
    told = []
    whole = sum(len(sections) for sections in SECTIONS.values())
    with ZipFile(cast("Any", out), "w", ZIP_DEFLATED) as archive:
        for service, sections in SECTIONS.items():
            for section in sections:
                told.append(_section(copy, archive, ask, service, section))
                report(len(told) / (whole + 1))
        with archive.open(_entry(copy, "index.html"), "w") as file:
            for part in _page(copy, told):
                file.write(part.encode())
    out.close()


def _section(copy: Copy, archive: ZipFile, ask: Ask, service: str, section: Section) -> _Told:
    told = _Told(service, section)
    with archive.open(_entry(copy, f"{service}/{section}.json"), "w") as file:
        file.write(b"[")
        for record in _records(copy.account_id, ask, service, section):
            file.write(b",\n" if told.count else b"\n")
            file.write(json.dumps(record.model_dump(mode="json"), ensure_ascii=False, indent=1).encode())
            told.count += 1
            if told.count <= LISTED:
                told.lines.append(_line(copy, section, record))
        file.write(b"\n]\n")
    return told


def _records(account_id: str, ask: Ask, service: str, section: Section) -> Iterator[OwnRecord]:
    cursor: str | None = ""
    while cursor is not None:
        page = ask(service, ReadOwnData(account_id=account_id, section=section, cursor=cursor))
        yield from page.items
        cursor = page.next_cursor


def _entry(copy: Copy, name: str) -> ZipInfo:
    """Permissions of a file that its owner reads; the day of the copy."""
    asked = copy.asked_at
    info = ZipInfo(name, (asked.year, asked.month, asked.day, asked.hour, asked.minute, asked.second))
    info.compress_type, info.external_attr = ZIP_DEFLATED, 0o600 << 16
    return info


def _page(copy: Copy, told: list[_Told]) -> Iterator[str]:
    title = _say(copy, "page", "title")
    yield f'<!doctype html>\n<html lang="{copy.language}"><head><meta charset="utf-8"><title>{title}</title>'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<style>{_STYLE}</style></head><body>\n<h1>{title}</h1>\n"
    yield f"<p>{_say(copy, 'page', 'made', on=legal_date(copy.asked_at).isoformat())}</p>\n"
    yield f"<p>{_say(copy, 'page', 'about')}</p>\n<p>{_say(copy, 'page', 'careful')}</p>\n"
    for part in told:
        name, file = _say(copy, "section", part.section), f"{part.service}/{part.section}.json"
        yield f'<h2>{name} <small>({part.count})</small></h2>\n<p><a href="{file}">{file}</a></p>\n'
        if part.lines:
            yield "<ul>\n" + "\n".join(part.lines) + "\n</ul>\n"
        if part.count > len(part.lines):
            yield f"<p>{_say(copy, 'page', 'more', count=part.count - len(part.lines))}</p>\n"
    yield "</body></html>\n"


def _line(copy: Copy, section: Section, record: OwnRecord) -> str:
    at = f"<small>{legal_date(record.at).isoformat()}</small> " if record.at else ""
    place = f"{escape(copy.site)}/account/documents/"
    documents = "".join(
        f' · <a href="{place}{escape(document.document_id)}">{escape(document.title)}</a>'
        for document in record.documents
    )
    files = "".join(
        f"<br>{escape(file.file_name)} <small>{file.size} B · SHA-256 <code>{escape(file.sha256)}</code></small>"
        for file in record.files
    )
    return f"<li>{at}{_called(copy, section, record)}{documents}{files}</li>"


def _called(copy: Copy, section: Section, record: OwnRecord) -> str:
    """What the record is called by people: services name some by a code. Of an application, where it stands, too."""
    word, state = f"{section}.{record.title}", f"state.{record.facts.get('state', '')}"
    called = _say(copy, "word", word) if TEXTS.knows("word", word) else escape(record.title or record.record_id)
    stands = section == "applications" and TEXTS.knows("word", state)
    return f"{called} · {_say(copy, 'word', state)}" if stands else called


def _say(copy: Copy, kind: str, code: str, **values: object) -> str:
    return escape(TEXTS.say(kind, code, copy.language, values))
