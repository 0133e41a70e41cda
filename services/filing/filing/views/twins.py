"""The same work filed more than once: a hint only, as there may be reasons (two collections, an earlier refusal)."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.filing import FieldProblem

from filing.forms.checks import warning
from filing.views.whole import WholeCase

_ENDED = ("refused", "withdrawn", "lapsed")


def filed_before(whole: WholeCase, *, staff: bool) -> Iterator[FieldProblem]:
    """Warnings at the files that another case has as well: who filed both learns of those that have not ended without
    a registration; staff learn of everybody's, and of ended ones too. Nobody else learns what strangers file."""
    names = {material.id: material.file_name for material in whole.materials}
    for twin in whole.twins:
        if twin.state == "draft" if staff else not twin.own or twin.state in _ENDED:
            continue
        said = {"file_name": names[twin.material_id], "title": twin.title, "number": twin.number}
        place = f"materials.{twin.material_id}"
        if staff:
            yield warning(place, "sample_filed_by_others", applicant=twin.applicant_name, **said)
        else:
            yield warning(place, "sample_filed_before", **said)
