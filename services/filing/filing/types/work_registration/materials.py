"""Which files a work's application needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from contracts.filing import FieldProblem
from contracts.forms import Duration, WorkForm

from filing.forms.checks import problem
from filing.forms.model import Comparison, Deposited, Need
from filing.forms.policy import FormPolicy

SAMPLE = "sample"
_SEARCHED_FOR_TITLE = "text_pdf"
"""The profile whose check looks for the title of the work in the text."""
_BESIDE_THE_SAMPLE = {"lyrics": "text_pdf", "recording": "audio_sample", "cover": "proof", "credits": "proof"}
"""Role → profile of what some categories have beside the sample."""
_OFF = 0.05
"""Share by which a stated length may differ from the file's; a second is always allowed."""


def needs(form: WorkForm, policy: FormPolicy) -> list[Need]:
    """A sample, of a series one for each part; what its category has beside it; proof of ownership unless the owner is
    the author by original acquisition (F-05). A work made for hire is proved by the employment contract and the
    organisation's sealed statement."""
    for_hire = form.ownership == "work_for_hire"
    proof = form.ownership not in (None, "individual", "work_for_hire") or form.acquisition not in (None, "original")
    named = [Need("employment_contract", needed=True), Need("creation_proof", needed=True)] if for_hire else []
    return [
        _sample(form, policy),
        *_beside(form, policy),
        *named,
        Need("ownership_proof", needed=proof),
        Need("other", needed=False),
    ]


def _sample(form: WorkForm, policy: FormPolicy) -> Need:
    profile = policy.samples[policy.sample_of(form.category, form.sample_form)].profile
    context = {"title": form.title} if profile == _SEARCHED_FOR_TITLE else {}
    parts = len(form.parts) if form.composition == "series" else 0
    return Need(SAMPLE, needed=True, least=max(1, parts), profile=profile, context=context)


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
    """The length by which the fee goes, as the form says it and as the files last: of a series the longest, of a single
    work in several files all of them."""
    if form.duration is None or not form.duration.total:
        return Comparison()
    lengths = list(_lengths(materials))
    if not lengths or None in lengths:
        return Comparison()
    known = [length for length in lengths if length is not None]
    found = max(known) if form.composition == "series" else sum(known)
    stated = form.duration.total
    if abs(stated - found) <= max(1.0, _OFF * found):
        return Comparison()
    measured = Duration.of(max(1, round(found)))
    return Comparison([_differs(stated, measured.total)], {"duration": measured.model_dump()})


def _lengths(materials: Sequence[Deposited]) -> Iterator[float | None]:
    """Seconds of each sample; None of one whose container does not tell, or that is not checked yet."""
    for item in materials:
        if item.role != SAMPLE:
            continue
        media = item.precheck.facts.get("media") if item.precheck.state == "done" else None
        length = media.get("duration") if isinstance(media, dict) else None
        yield float(length) if isinstance(length, int | float) else None


def _differs(stated: int, found: int) -> FieldProblem:
    return problem("duration", "duration_differs", stated=_clock(stated), found=_clock(found))


def _clock(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
