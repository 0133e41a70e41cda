"""What an account has of registrations: its own, rights that were assigned or licensed to it, pledges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.errors import Problem
from contracts.archive import CertificateView
from contracts.paging import Page
from contracts.procedures import Procedure
from flask import url_for
from flask_babel import gettext as _

from contracts import archive
from gateway.web.calls import call
from gateway.web.languages import language
from gateway.web.texts import right_words

LOOKED_AT = 50
"""Of the newest papers."""
_PARTY = ("assigned", "licensed", "pledged")
_HOLDS = ("owner", "holder")


@dataclass(frozen=True)
class Held:
    """One registration, or one record of it. ``is_what``: what the account is to it, in words; ``steps``: what may
    follow, as (address, words)."""

    paper: CertificateView
    is_what: str
    steps: tuple[tuple[str, str], ...] = ()


def held() -> list[Held]:
    """The newest first, each once; nothing where nobody can say now."""
    try:
        papers = call(archive.LIST_CERTIFICATES, Page(limit=LOOKED_AT)).items
    except Problem as problem:
        if problem.status < 500:
            raise
        return []
    return [_held(paper) for paper in papers if _counts(paper, papers)]


def _counts(paper: CertificateView, papers: Sequence[CertificateView]) -> bool:
    """Certificates of who is the owner now, and what names the account as a party; not the assignment by which an
    account owns what it has a certificate of."""
    if paper.status != "valid":
        return False
    if paper.paper == "certificate":
        return paper.role in _HOLDS
    certified = {one.registration_number for one in papers if one.paper == "certificate" and one.status == "valid"}
    by_it = paper.act == "assigned" and paper.registration_number in certified
    passed_on = paper.act == "assigned" and paper.role not in _HOLDS
    return paper.act in _PARTY and not paper.filed and not by_it and not passed_on


def _held(paper: CertificateView) -> Held:
    if paper.act == "licensed":
        step = _step(paper, "termination", _("专有许可提前终止的，办理终止登记"))
        return Held(paper, _("您是专有许可的被许可人"), step)
    if paper.act == "pledged":
        return Held(paper, _("您是质权人"), _step(paper, "release", _("质权消灭以后，办理质权注销")))
    if paper.role == "holder":
        return Held(paper, _("您受让的权利：%(rights)s", rights=right_words(paper.rights, language())))
    if paper.act == "assigned":
        steps = _step(paper, "reissue", _("换发一张写您名字的证书"))
        return Held(paper, _("全部权利已经转让给您，您是著作权人"), steps)
    return Held(paper, _("您是著作权人"))


def _step(paper: CertificateView, procedure: Procedure, words: str) -> tuple[tuple[str, str], ...]:
    """Nothing of what they may not file now."""
    if procedure not in paper.procedures:
        return ()
    filing_type = f"{paper.kind}_{procedure}"
    return ((url_for("registration.procedure", filing_type=filing_type, number=paper.registration_number), words),)
