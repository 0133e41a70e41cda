"""合同登记、质权登记与注销: what may be recorded, on whose consent, and what is told before it is approved."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing import anonymous, staff_actor
from filing.documents.application_form import in_words
from filing.documents.model import BLANKS
from filing.forms.describing import describe, needs_of
from filing.forms.model import Situation
from filing.forms.policy import policies
from filing.types import TYPES
from filing.types.dealing.proposing import fen

from contracts import examination, filing

from . import dealing_forms
from .change_forms import Found
from .conftest import Office
from .test_changes import NUMBER, Register
from .test_signatures import text_of

pytestmark = pytest.mark.requirement("F-01")
TODAY = date(2026, 11, 23)
PROCEDURES = ("assignment", "licence", "pledge")
PLEDGED = dealing_forms.earlier("pledged")


def judged(name: Any, form: dict[str, Any]) -> tuple[Any, list[Any]]:
    filing_type: Any = TYPES[name]
    reading = filing_type.read(form, None)
    assert reading.form is not None, reading.problems
    policy = policies().on(name, TODAY)
    return reading.form, list(filing_type.check(reading.form, Situation(policy, TODAY)))


@pytest.mark.parametrize(
    ("procedure", "changes", "found"), [(name, *case) for name in PROCEDURES for case in dealing_forms.BROKEN[name]]
)
def test_what_cannot_be_recorded_is_named(procedure: str, changes: dict[str, Any], found: Found) -> None:
    _, problems = judged(f"work_{procedure}", dealing_forms.form(procedure, **changes))
    assert {(problem.field, problem.code) for problem in problems} == found


@pytest.mark.parametrize(("changes", "found"), dealing_forms.RELEASES)
def test_only_a_pledge_of_ones_own_is_released(changes: dict[str, Any], found: Found) -> None:
    _, problems = judged("work_release", dealing_forms.release(**changes))
    assert {(problem.field, problem.code) for problem in problems} == found


@pytest.mark.parametrize(
    ("changes", "found"), [case for case in dealing_forms.TERMINATIONS if "paid" not in case[0].values()]
)
def test_only_a_licence_of_ones_own_is_terminated(changes: dict[str, Any], found: Found) -> None:
    _, problems = judged("work_termination", dealing_forms.termination(**changes))
    assert {(problem.field, problem.code) for problem in problems} == found


@pytest.mark.parametrize("kind", ["work", "software"])
@pytest.mark.parametrize("procedure", PROCEDURES)
def test_a_whole_form_says_the_register_what_is_done(kind: str, procedure: str) -> None:
    form, problems = judged(f"{kind}_{procedure}", dealing_forms.form(procedure, kind))
    assert problems == []
    filing_type: Any = TYPES[f"{kind}_{procedure}"]  # type: ignore[index]
    entry = filing_type.entry(form)
    assert entry.registration_number == form.on_register.registration_number
    assert entry.dealing["rights"] == form.on_register.rights
    assert entry.dealing["grantees"][0]["masked_id_number"] == "9135**********0Y43"
    assert not {"contact", "price"} & set(entry.form), "neither price nor how to reach anybody"
    said = str(filing_type.declaration(form, policies().on(filing_type.name, TODAY)))
    assert "100000" not in said
    for word in ("复制权", "绿野文化有限公司", form.on_register.registration_number):
        assert word in said
    if procedure == "pledge":
        assert (entry.dealing["claim"], entry.dealing["claim_due"]) == (120_000_050, "2027-10-31")


def test_software_has_rights_of_its_own() -> None:
    part = {"rights_scope": "partial", "rights": ["revision", "exhibition", "publication"]}
    _, problems = judged("software_assignment", dealing_forms.form(kind="software", **part))
    assert {(one.field, one.code) for one in problems} == {
        ("rights.1", "right_not_transferable"),
        ("rights.2", "right_not_transferable"),
    }


def test_whom_it_touches_consents_in_writing() -> None:
    two = [*dealing_forms.OWNERS, {"name": "李白", "kind": "natural_person", "nationality": "中国"}]
    for changes, roles in (
        ({}, {"contract"}),
        ({"on_register": dealing_forms.known(holders=two, owners=two)}, {"contract", "co_owner_consent"}),
        ({"on_register": dealing_forms.known(dealings=[PLEDGED])}, {"contract", "pledgee_consent"}),
    ):
        form, problems = judged("work_assignment", dealing_forms.form(**changes))
        assert problems == []
        needs = TYPES["work_assignment"].materials(form, policies().on("work_assignment", TODAY))
        assert {need.role for need in needs if need.needed} == roles
    assert TYPES["work_assignment"].entry(form).dealing["consents"] == ["pledged-1"]
    joint = {"on_register": dealing_forms.known(holders=two), "grantees": [dealing_forms.COMPANY | {"name": "李白"}]}
    assert judged("work_assignment", dealing_forms.form(**joint))[1] == [], "one of two takes over"


def test_a_consent_that_is_needed_says_whose_and_why() -> None:
    crowd = [
        {"name": name, "kind": "natural_person", "nationality": "中国"} for name in ("王小名", "李白", "杜甫", "韩愈")
    ]
    changes = {"on_register": dealing_forms.known(holders=crowd, owners=crowd, dealings=[PLEDGED])}
    type_ = TYPES["work_assignment"]
    needs = type_.materials(
        judged("work_assignment", dealing_forms.form(**changes))[0], policies().on(type_.name, TODAY)
    )
    for language, owners, pledgee in (
        ("zh", "著作权由王小名、李白、杜甫等共有，", "已经出质给江城银行（质权登记编号 pledged-1），"),
        ("en", "owned in common by 王小名, 李白, 杜甫 and others: ", "pledged to 江城银行 (pledge record pledged-1): "),
    ):
        told = {need.role: need.hint for need in needs_of(type_.fields, needs, language)}
        assert owners in told["co_owner_consent"]
        assert pledgee in told["pledgee_consent"]
    form, _ = judged("work_assignment", dealing_forms.form())
    plain = needs_of(type_.fields, type_.materials(form, policies().on(type_.name, TODAY)), "zh")
    assert "所处分的权利已经出质时需要。" in [need.hint for need in plain]


def test_the_same_contract_is_not_recorded_twice() -> None:
    form, _ = judged("work_licence", dealing_forms.form("licence"))
    there = TYPES["work_licence"].entry(form).dealing | {"number": "许1", "begins": "2020-01-01", "ends": "2020-12-31"}
    again = dealing_forms.form("licence", on_register=dealing_forms.known(dealings=[there]))
    assert [(one.field, one.code) for one in judged("work_licence", again)[1]] == [
        ("contract_number", "contract_recorded")
    ]
    assert judged("work_licence", again | {"contract_number": "合2026-8"})[1] == []


def test_of_two_people_of_one_name_one_may_license_to_the_other() -> None:
    owner = {"name": "王小名", "id_type": "resident_id", "masked_id_number": "1101**********1443"}
    party = dealing_forms.COMPANY | {"kind": "natural_person"} | owner

    def found(number: str) -> list[str]:
        known = dealing_forms.known(holders=[owner])
        form = dealing_forms.form("licence", on_register=known, grantees=[party | {"masked_id_number": number}])
        return [one.code for one in judged("work_licence", form)[1]]

    assert found("1101**********1443") == ["grantee_is_grantor"]
    assert found("3502**********0016") == []


def test_of_a_single_pledge_the_number_stands_there() -> None:
    form, problems = judged("work_release", dealing_forms.release())
    assert (problems, form.pledge) == ([], "pledged-1")
    entry = TYPES["work_release"].entry(form)
    assert (entry.act, entry.dealing) == ("released", {"number": "pledged-1"})


def test_of_a_single_licence_the_number_stands_there() -> None:
    form, problems = judged("software_termination", dealing_forms.termination())
    assert (problems, form.licence_number) == ([], "licensed-1")
    entry = TYPES["software_termination"].entry(form)
    assert (entry.act, entry.dealing) == ("terminated", {"number": "licensed-1"})
    over = form.on_register.model_copy(update={"dealings": []})
    assert [one.code for one in TYPES["software_termination"].against(form, over)] == ["licence_not_yours"]


def test_who_holds_a_part_changes_nothing_that_is_registered() -> None:
    from . import change_forms

    _, problems = judged("work_change", change_forms.form(on_register=change_forms.registered(role="holder")))
    assert ("on_register", "change_by_owner_only") in {(one.field, one.code) for one in problems}


@pytest.mark.parametrize(
    ("amount", "in_fen"), [("12", 1200), ("1,200.5", 120_050), ("0.05", 5), ("-1", None), ("１", None), ("", None)]
)
def test_money_is_reckoned_in_fen(amount: str, in_fen: int | None) -> None:
    assert fen(amount) == in_fen


@pytest.fixture
def register(keys: Any) -> Register:
    register = Register(keys)
    register.says = dealing_forms.known()
    return register


def filed(office: Office, register: Register, type_: str = "work_assignment", **changes: Any) -> str:
    """With its contract, paid and claimed."""
    procedure = type_.partition("_")[2]
    form = {name: value for name, value in dealing_forms.form(procedure, **changes).items() if name != "on_register"}
    asked = {"type": type_, "extract": register.extract(), "form": form}
    case: str = office.call(filing.CREATE_APPLICATION, office.applicant, **asked).application_id
    office.attach(case, role="contract", file_name="合同.pdf")
    office.finish_checks()
    declaration = office.call(
        filing.PREPARE_SUBMISSION, office.applicant, application_id=case, extract=register.extract()
    )
    asked = {"application_id": case, "evidence": office.evidence(declaration), "extract": register.extract()}
    office.call(filing.SUBMIT_APPLICATION, office.applicant, **asked)
    office.order(case)
    office.pay(case)
    office.claim(case)
    return case


def test_an_approved_assignment_tells_the_register_all_of_it(office: Office, register: Register) -> None:
    case = filed(office, register, territory={"extent": "provinces", "provinces": ["北京", "上海"]})
    office.decide(case, "approve", extract=register.extract())
    [data] = office.harness.events(filing.APPLICATION_APPROVED)
    assert (data.act, data.registration_number, data.form_code) == ("assigned", NUMBER, "Z31")
    assert data.dealing["territory"] == {"extent": "provinces", "provinces": ["北京", "上海"]}
    assert (data.dealing["begins"], data.dealing["ends"]) == ("2026-11-01", None)
    assert "price" not in data.form
    assert data.before["owners"] == dealing_forms.known()["owners"]


def test_the_examiner_is_told_what_was_recorded_meanwhile(office: Office, register: Register) -> None:
    case = filed(office, register)
    examiner = staff_actor("examiner", id="acc-examiner")

    def told() -> list[tuple[str, str, Any]]:
        asked = {"application_id": case, "extract": register.extract()}
        found = office.call(examination.CHECK_REGISTER, examiner, **asked).problems
        return [(one.field, one.code, one.params.get("number")) for one in found]

    assert told() == []
    register.says = dealing_forms.known(dealings=[dealing_forms.earlier("assigned")], record=2)
    assert told() == [("rights_scope", "rights_not_held", "assigned-1")]
    with pytest.raises(Problem, match="register_conflict") as refused:
        office.decide(case, "approve", extract=register.extract())
    assert [error.code for error in refused.value.errors] == ["rights_not_held"]
    assert office.view(case).state == "under_examination"
    register.says = dealing_forms.known(dealings=[PLEDGED], record=2)
    assert told() == [("rights_scope", "rights_pledged", "pledged-1")], "no consent was given"
    register.says = dealing_forms.known(status="revoked", owners=[{"name": "别人"}])
    assert [code for _, code, _ in told()] == ["registration_not_valid", "register_says_otherwise"]
    register.says = dealing_forms.known()
    office.decide(case, "approve", extract=register.extract())


def test_the_contract_is_needed_and_the_fee_is_the_types_own(office: Office, register: Register) -> None:
    form = {name: value for name, value in dealing_forms.form().items() if name != "on_register"}
    asked = {"type": "work_assignment", "extract": register.extract(), "form": form}
    draft = office.call(filing.CREATE_APPLICATION, office.applicant, **asked)
    assert draft.report.fee_basis["charge"] == "work_assignment"
    with pytest.raises(Problem, match="application_incomplete") as refused:
        office.call(
            filing.PREPARE_SUBMISSION,
            office.applicant,
            application_id=draft.application_id,
            extract=register.extract(),
        )
    assert [(error.field, error.code) for error in refused.value.errors] == [("materials.contract", "material_missing")]


@pytest.mark.requirement("F-05")
@pytest.mark.parametrize("type_", sorted(name for name, one in TYPES.items() if one.fields.on_registration))
def test_every_consent_that_is_asked_for_has_a_form_to_download(type_: str) -> None:
    """Who else has to agree or to state something signs a form of ours; other proofs are papers of their own."""
    fields = next(one for name, one in TYPES.items() if name == type_).fields
    asked = {one.role: one.template for one in fields.material if one.role.endswith(("_consent", "_statement"))}
    expected = {"owners_consent": "co_owner_consent"}
    assert asked == {role: expected.get(role, role) for role in asked}
    for template in asked.values():
        assert template in BLANKS


@pytest.mark.requirement("F-05")
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("pledgee_consent", ("第四百四十四条", "质权登记编号", "专有许可合同登记")),
        ("release_statement", ("第三百九十三条", "质权登记编号", "放弃质权")),
        ("termination_statement", ("第五百五十七条", "专有许可合同登记编号", "放弃专有许可")),
    ],
)
def test_pledgees_sign_a_form_that_names_the_registration(
    office: Office, register: Register, name: str, words: tuple[str, ...]
) -> None:
    draft = office.call(filing.CREATE_APPLICATION, office.applicant, type="work_licence", extract=register.extract())
    request = {"name": name, "application_id": draft.application_id}
    filled = text_of(office, office.call(filing.RENDER_TEMPLATE, office.applicant, **request))
    empty = text_of(office, office.call(filing.RENDER_TEMPLATE, anonymous(), name=name))
    for word in (NUMBER, register.says["title"], *words):
        assert word in filled, word
    assert NUMBER not in empty
    assert empty.count("签名或盖章：") == 3


@pytest.mark.requirement("F-05")
@pytest.mark.parametrize(
    ("type_", "matter"),
    [("work_licence", "专有许可合同登记"), ("work_cancellation", "撤销")],
    ids=["licence", "cancellation"],
)
def test_the_consent_of_co_owners_comes_with_what_the_register_says(
    office: Office, register: Register, type_: str, matter: str
) -> None:
    names = ["王小名", "㐂"] + [f"第{n}共有人文化传播（北京）股份有限公司" for n in range(7)]
    people = [{"name": name, "kind": "natural_person", "nationality": "中国"} for name in names]
    register.says |= {"owners": people, "holders": people}
    asked = {"type": type_, "extract": register.extract()}
    draft = office.call(filing.CREATE_APPLICATION, office.applicant, **asked)
    filing_type: Any = next(one for name, one in TYPES.items() if name == type_)
    policy = policies().on(filing_type.name, TODAY)
    needs = filing_type.materials(filing_type.form(), policy)
    description = describe(filing_type.fields, "work", needs, policy, "zh", TODAY)
    [consent] = [one for one in description.materials if one.template == "co_owner_consent"]
    assert consent.role in ("owners_consent", "co_owner_consent")
    request = {"name": consent.template, "application_id": draft.application_id}
    text = text_of(office, office.call(filing.RENDER_TEMPLATE, office.applicant, **request))
    for word in (NUMBER, register.says["title"], matter, *names):
        assert word in text, word
    empty = text_of(office, office.call(filing.RENDER_TEMPLATE, anonymous(), name=consent.template))
    assert "王小名" not in empty
    assert empty.count("签名或盖章：") == 3


@pytest.mark.parametrize("kind", ["work", "software"])
def test_a_refusal_names_the_rights_that_are_another_s(kind: str) -> None:
    """And of the record by which they are; what was never assigned is said to be the owner's."""
    part = {"rights_scope": "partial", "rights": ["translation", "reproduction", "other"]}
    sold = dealing_forms.earlier("assigned", rights=["other", "reproduction"])
    by_owner = dealing_forms.form(kind=kind, on_register=dealing_forms.known(kind, dealings=[sold]), **part)
    buyer = dealing_forms.known(kind, dealings=[sold | {"territory": {"extent": "world"}}], own=["assigned-1"])
    by_buyer = dealing_forms.form(kind=kind, on_register=buyer, **part)
    for form, code, rights in (
        (by_owner, "rights_not_held", "reproduction,other"),
        (by_buyer, "rights_of_owner", "translation"),
    ):
        found = [one for one in judged(f"{kind}_assignment", form)[1] if one.field == "rights"]
        assert [(one.code, one.params["rights"]) for one in found] == [(code, rights)]


@pytest.mark.parametrize("name", ["work_assignment", "software_licence", "work_reissue"])
def test_the_line_of_a_record_says_which_rights_where_and_how_long(name: Any) -> None:
    filing_type, policy = TYPES[name], policies().on(name, TODAY)
    whole = describe(filing_type.fields, filing_type.kind, [], policy, "zh", TODAY)
    [register] = [field for step in whole.steps for field in step.fields if field.name == "on_register"]
    [rows] = [field for field in register.fields if field.name == "dealings"]
    row = {field.name: field for field in rows.fields}
    assert not any(row[one].hidden for one in ("rights", "territory", "begins", "ends"))
    assert in_words(row["rights"], ["reproduction", "other"]) == "复制权、其他权利"
    assert in_words(row["ends"], None) == "没有期限"
    chosen = [field.marked_by for step in whole.steps for field in step.fields if field.name == "rights"]
    assert chosen in ([], ["on_register"])
