"""What has become of a paper that was issued: it holds, was replaced, went with its registration, or what it proves is
over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from contracts.archive import CheckedPaper
from contracts.dealings import Dealing
from contracts.objects import PaperStanding

from archive.certificates.store import Certificate
from archive.register.records import Record, Status, fold


def standing_of(paper: Certificate, status: Status, newest: Mapping[str, int], ended: Collection[str]) -> PaperStanding:
    """A certificate is replaced by a later edition, and goes with its registration. A proof says for good what
    happened, and so does that of the revocation; but that of a dealing is ``ended`` with it (ids of certificates, see
    :func:`ended_ones`). "" of what holds."""
    if paper.paper == "revocation_proof":
        return ""
    if status == "valid" and paper.paper == "certificate" and paper.edition < newest.get(paper.registration_number, 0):
        return "replaced"
    if status == "valid":
        return "ended" if paper.certificate_id in ended else ""
    return status


def ended_ones(papers: Iterable[Certificate], records: Mapping[str, list[Record]], today: date) -> set[str]:
    """Those that prove a dealing which does not hold any more; ``records``: all of each registration."""
    return {
        paper.certificate_id
        for paper in papers
        if paper.paper == "dealing_proof"
        and paper_of(paper, records[paper.registration_number], today).ended_on is not None
    }


def names_others(record: int, records: list[Record]) -> bool:
    """Whether all the rights went over to others after a certificate of what held after ``record``."""
    return any(one.act == "assigned" and "owners" in one.states for one in records[record:])


def paper_of(paper: Certificate, records: list[Record], today: date) -> CheckedPaper:
    """Which paper it is, by all records of its registration."""
    if paper.paper == "certificate":
        return CheckedPaper(paper="certificate")
    record = records[paper.record - 1]
    own = [one for one in fold(records).dealings if one.number == record.number]
    over = _over(own[0], today) if own and paper.paper == "dealing_proof" else None
    return CheckedPaper(paper=paper.paper, number=record.number, act=record.act, ended_on=over)


def _over(dealing: Dealing, today: date) -> date | None:
    if dealing.released_on is not None:
        return dealing.released_on
    return dealing.ends if dealing.ends is not None and dealing.ends < today else None
