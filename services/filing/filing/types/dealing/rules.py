"""The rules of a contract or pledge that is to be recorded: who, what, where, until when, and what is in its way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from contracts.dealings import TRANSFERABLE, Act, Conflict, Grantee
from contracts.filing import FieldProblem
from contracts.forms import DealingForm, Party, Registered, SecuredForm, TermForm
from contracts.text import name_key

from filing.forms import checks
from filing.forms.checks import problem
from filing.forms.model import Situation
from filing.types import about
from filing.types.dealing.proposing import fen, in_the_way, proposed


def check(form: DealingForm, situation: Situation, act: Act) -> list[FieldProblem]:
    """Everything that keeps this form from being filed today, in the order of the form."""
    return [
        *about.registration(form),
        *_grantees(form),
        *_rights(form),
        *_term(form, situation, act),
        *_claim(form),
        *_contract(form, situation),
        *_conflicts(form, act),
        *checks.filing_problems(form.filing_mode, form.contact, situation),
    ]


def _grantees(form: DealingForm) -> Iterator[FieldProblem]:
    """Somebody else than who grants, each once, with the document that they are known by. One owner of several may
    take over from all."""
    if not form.grantees:
        yield problem("grantees", "required")
    yield from checks.name_problems([one.name for one in form.grantees], "grantees.{}.name")
    for index, one in enumerate(form.grantees):
        if not one.id_type:
            yield problem(f"grantees.{index}.id_type", "required")
        if not one.masked_id_number:
            yield problem(f"grantees.{index}.masked_id_number", "required")
    granting, named = form.on_register.holders, [one for one in form.grantees if one.name]
    if granting and named and _among(granting, named) and _among(named, granting):
        yield problem("grantees.0.name", "grantee_is_grantor", name=form.grantees[0].name[:100])


def _among(some: Sequence[Party | Grantee], others: Sequence[Party | Grantee]) -> bool:
    """Whether each of some is one of the others, as far as is known: two people may have one name."""
    return all(any(_same(one, other) for other in others) for one in some)


def _same(one: Party | Grantee, other: Party | Grantee) -> bool:
    numbers = {one.masked_id_number, other.masked_id_number} - {""}
    return name_key(one.name) == name_key(other.name) and len(numbers) < 2


def _rights(form: DealingForm) -> Iterator[FieldProblem]:
    """Rights that can be dealt in and that the registration has; 著作权法 art. 10: of works (5) to (17)."""
    if form.rights_scope == "all":
        if form.rights:
            yield problem("rights", "not_applicable")
    elif not form.rights:
        yield problem("rights", "required")
    known = form.on_register
    for index, right in enumerate(form.rights):
        if right not in TRANSFERABLE.get(known.kind or "", ()):
            yield problem(f"rights.{index}", "right_not_transferable", right=right)
        elif right not in known.rights:
            yield problem(f"rights.{index}", "right_not_registered", right=right)


def _term(form: DealingForm, situation: Situation, act: Act) -> Iterator[FieldProblem]:
    """Where and how long. An assignment has begun when it is filed: until then the rights are not the assignee's."""
    if not isinstance(form, TermForm):
        return
    named = form.territory.provinces
    if form.territory.extent == "provinces":
        if not named:
            yield problem("territory.provinces", "required")
    elif named:
        yield problem("territory.provinces", "not_applicable")
    if form.term_begins is None:
        yield problem("term_begins", "required")
    elif act == "assigned":
        yield from checks.plausible("term_begins", form.term_begins, situation)
    if not form.limited:
        if form.term_ends is not None:
            yield problem("term_ends", "not_applicable")
    elif form.term_ends is None:
        yield problem("term_ends", "required")
    elif form.term_begins is not None and form.term_ends < form.term_begins:
        yield problem("term_ends", "term_reversed")
    elif form.term_ends < situation.today:
        yield problem("term_ends", "term_over")


def _claim(form: DealingForm) -> Iterator[FieldProblem]:
    """The secured claim: 著作权质权登记办法 art. 7 asks for its amount, and by when it is to be paid."""
    if not isinstance(form, SecuredForm):
        return
    if not form.claim_amount:
        yield problem("claim_amount", "required")
    elif not fen(form.claim_amount):
        yield problem("claim_amount", "amount_format")
    if form.claim_begins is None:
        yield problem("claim_begins", "required")
    if form.claim_ends is None:
        yield problem("claim_ends", "required")
    elif form.claim_begins is not None and form.claim_ends < form.claim_begins:
        yield problem("claim_ends", "term_reversed")


def _contract(form: DealingForm, situation: Situation) -> Iterator[FieldProblem]:
    if not form.contract_number:
        yield problem("contract_number", "required")
    if form.contract_date is None:
        yield problem("contract_date", "required")
    yield from checks.plausible("contract_date", form.contract_date, situation)


def _conflicts(form: DealingForm, act: Act) -> Iterator[FieldProblem]:
    """The one rule of :mod:`contracts.dealings`. What is pledged takes the pledgee's consent, which is a file."""
    for found in in_the_way(proposed(form, act), form.on_register):
        if found.code != "right_not_registered":  # which is said of each right
            yield _in_words(form, found)


def against(form: DealingForm, register: Registered, act: Act) -> Iterator[FieldProblem]:
    """What the register as it stands now has against what was filed, with the consents that were given then."""
    yield from (_in_words(form, found) for found in in_the_way(proposed(form, act), register))


def _in_words(form: DealingForm, found: Conflict) -> FieldProblem:
    what = "rights" if form.rights_scope == "partial" else "rights_scope"
    where = "contract_number" if found.code == "contract_recorded" else what
    code = "rights_of_owner" if found.code == "rights_not_held" and not found.number else found.code
    number = found.number or form.on_register.registration_number
    return problem(where, code, number=number, rights=",".join(found.rights))
