"""The ownership matrix (domain: works, ownership): who may hold the right on what ground."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from contracts.filing import FieldProblem
from contracts.forms import WorkForm
from contracts.text import name_key

from filing.forms.policy import FormPolicy


def ownership_problems(form: WorkForm, applicant_kind: str | None, policy: FormPolicy) -> Iterator[FieldProblem]:
    """What does not fit in 权利取得方式, 归属 and owners; who files is looked at if ``applicant_kind`` is known."""
    if form.acquisition is None:
        yield FieldProblem(field="acquisition", code="required")
    if form.ownership is None:
        yield FieldProblem(field="ownership", code="required")
    elif applicant_kind is not None:
        filer = _filer(form, applicant_kind)
        if form.ownership not in policy.ownership[filer]:
            yield FieldProblem(
                field="ownership", code="ownership_not_for_applicant", params={"ownership": form.ownership}
            )
    own_filing = applicant_kind is not None and form.filing_mode == "applicant"
    if own_filing and form.owners and sum(owner.applicant for owner in form.owners) != 1:
        yield FieldProblem(field="owners", code="applicant_not_owner")
    if not form.owners or not form.authors or applicant_kind is None:
        return  # before their verification the applicant is not among the owners yet
    # By inheritance or succession the owner is somebody else than the author, whatever the ground was at first.
    if form.acquisition in (None, "original"):
        yield from _by_ground(form)


def _filer(form: WorkForm, applicant_kind: str) -> Literal["natural_person", "organisation", "agent"]:
    if form.filing_mode == "agent":
        return "agent"
    return "organisation" if applicant_kind == "organisation" else "natural_person"


def _by_ground(form: WorkForm) -> Iterator[FieldProblem]:
    authors = {name_key(author.name) for author in form.authors}
    organisations = {name_key(owner.name) for owner in form.owners if owner.kind == "organisation"}
    match form.ownership:
        case "individual":
            if len(form.owners) != 1 or organisations:
                yield FieldProblem(field="owners", code="individual_one_owner")
            elif authors != {name_key(form.owners[0].name)}:
                yield FieldProblem(field="authors", code="individual_owner_not_author")
        case "joint":
            if len(form.owners) < 2:
                yield FieldProblem(field="owners", code="joint_needs_two_owners")
            for index, owner in enumerate(form.owners):
                if owner.name and name_key(owner.name) not in authors:
                    yield FieldProblem(
                        field=f"owners.{index}.name", code="joint_owner_not_author", params={"name": owner.name[:100]}
                    )
        case "legal_person":
            if not organisations:
                yield FieldProblem(field="owners", code="organisation_must_own")
            elif not authors <= organisations:
                yield FieldProblem(field="authors", code="organisation_must_be_author")
        case "work_for_hire":
            if not organisations:
                yield FieldProblem(field="owners", code="organisation_must_own")
            elif authors & organisations:
                yield FieldProblem(field="authors", code="authors_must_be_persons")
        case _:
            pass
