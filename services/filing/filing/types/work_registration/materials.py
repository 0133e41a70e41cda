"""Which files a work's application needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contracts.forms import Duration, WorkForm
from contracts.text import name_key

from filing.forms.checks import problem, warning
from filing.forms.model import Comparison, Deposited, Need
from filing.forms.policy import FormPolicy

SAMPLE = "sample"
_SEARCHED_FOR_TITLE = "text_pdf"
"""The profile whose check looks for the title of the work in the text."""
_BESIDE_THE_SAMPLE = {"lyrics": "text_pdf", "recording": "audio_sample", "cover": "proof", "credits": "proof"}
"""Role → profile of what some categories have beside the sample."""
_OF_GROUND: Mapping[str, tuple[str, ...]] = {
    "joint": ("joint_agreement",),
    "legal_person": ("corporate_statement",),
    "work_for_hire": ("employment_contract", "creation_proof"),
    "commissioned": ("commission_contract",),
}
_OF_ACQUISITION: Mapping[str, tuple[str, ...]] = {
    "inheritance": ("inheritance_proof",),
    "succession": ("succession_proof",),
    "other": ("transfer_contract",),
}
_OFF = 0.05
"""Share by which a stated length may differ from the file's; a second is always allowed."""
_WORDS_OFF, _FEW_WORDS = 0.2, 200
"""Share, and number of words, by which a text may differ: nobody says how 字数 is counted, or whether notes count."""


def needs(form: WorkForm, policy: FormPolicy) -> list[Need]:
    """A sample, of a series one for each part; what its category has beside it; the proofs of the ownership matrix
    (F-05): those of the ground and those of the acquisition, each in a place of its own."""
    return [
        _sample(form, policy),
        *_beside(form, policy),
        *(Need(role, needed=True) for role in proofs(form)),
        Need("ownership_proof", needed=False),
        Need("other", needed=False),
    ]


def proofs(form: WorkForm) -> tuple[str, ...]:
    """Roles of what proves the ownership; none for somebody's own work. Who was commissioned and kept the right needs
    no contract for it (law art. 19)."""
    kept = form.ownership == "commissioned" and _owned_by_authors(form)
    ground = () if kept else _OF_GROUND.get(form.ownership or "", ())
    return (*ground, *_OF_ACQUISITION.get(form.acquisition or "", ()))


def _owned_by_authors(form: WorkForm) -> bool:
    owners = {name_key(owner.name) for owner in form.owners}
    return bool(owners) and owners <= {name_key(author.name) for author in form.authors}


def _sample(form: WorkForm, policy: FormPolicy) -> Need:
    profile = policy.samples[policy.sample_of(form.category, form.sample_form)].profile
    context = {"title": form.title} if profile == _SEARCHED_FOR_TITLE else {}
    parts = len(form.parts) if form.composition == "series" else 0
    asked_of = ("category", "sample_form")
    return Need(SAMPLE, needed=True, least=max(1, parts), profile=profile, context=context, asked_of=asked_of)


def _beside(form: WorkForm, policy: FormPolicy) -> Iterator[Need]:
    """Lyrics are needed where no score can hold them."""
    category = policy.categories.get(form.category or "")
    if category is None:
        return
    sample = policy.sample_of(form.category, form.sample_form)
    for role in (*category.needs, *category.may):
        if role == sample:
            continue
        needed = role in category.needs or (role == "lyrics" and form.lyrics == "with" and sample == "recording")
        yield Need(role, needed=needed, profile=_BESIDE_THE_SAMPLE[role])


def compare(form: WorkForm, materials: Sequence[Deposited]) -> Comparison:
    """How long it is, as the form says it and as the files are: of a series the longest, of a single work in several
    files all of them. The fee goes by it: hours and minutes have to agree, a differing number of words is pointed out.
    """
    checked = [
        item.precheck.facts if item.precheck.state == "done" else {} for item in materials if item.role == SAMPLE
    ]
    return _compare_words(form, checked) if form.word_count else _compare_duration(form, checked)


def _compare_words(form: WorkForm, samples: Sequence[Mapping[str, Any]]) -> Comparison:
    stated, found = form.word_count or 0, _measured(form, [_words(facts) for facts in samples])
    if found is None or abs(stated - found) <= max(_FEW_WORDS, _WORDS_OFF * found):
        return Comparison()
    words = round(found)
    remark = warning("word_count", "word_count_differs", stated=stated, found=words)
    return Comparison([remark], {"word_count": words})


def _compare_duration(form: WorkForm, samples: Sequence[Mapping[str, Any]]) -> Comparison:
    stated, found = form.duration.total if form.duration else 0, _measured(form, [_seconds(facts) for facts in samples])
    if not stated or found is None or abs(stated - found) <= max(1.0, _OFF * found):
        return Comparison()
    measured = Duration.of(max(1, round(found)))
    differs = problem("duration", "duration_differs", stated=_clock(stated), found=_clock(measured.total))
    return Comparison([differs], {"duration": measured.model_dump()})


def _measured(form: WorkForm, lengths: Sequence[float | None]) -> float | None:
    """None where a file does not tell, or there is none."""
    known = [length for length in lengths if length is not None]
    if not known or len(known) < len(lengths):
        return None
    return max(known) if form.composition == "series" else sum(known)


def _seconds(facts: Mapping[str, Any]) -> float | None:
    """Of a sample; None of one whose container does not tell, or that is not checked yet."""
    media = facts.get("media")
    length = media.get("duration") if isinstance(media, dict) else None
    return float(length) if isinstance(length, int | float) else None


def _words(facts: Mapping[str, Any]) -> float | None:
    """Of a sample that is text from its first page to its last; scanned pages say nothing about their words."""
    pages, pdf = facts.get("content"), facts.get("pdf")
    if not isinstance(pages, dict) or not isinstance(pdf, dict) or not pages.get("words"):
        return None
    whole = pages.get("checked") == pages.get("with_text", 0) + len(pages.get("blank", ())) == pdf.get("pages")
    return float(pages["words"]) if whole else None


def _clock(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
