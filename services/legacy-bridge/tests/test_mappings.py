"""Values of old records: converted as the rule says, or refused with a reason; never guessed, and no text ends them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pytest
from contracts.legacy import BETWEEN, UNSAYABLE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from legacy_bridge.imports.model import judge, judge_together
from legacy_bridge.mappings import Mapping, Unmapped, dates, mapping_names, mapping_of
from legacy_bridge.mappings.model import CONVERTERS, PLAIN, Field, parsed
from legacy_bridge.sources import Row, SourceRefused

from tests.legacy.rows import TABLES
from tests.legacy.rows import rows as old_rows

pytestmark = pytest.mark.requirement("L-05")

VALUES = [
    ("day", "2019-02-03", "2019-02-03"),
    ("day", "2019/2/3", "2019-02-03"),
    ("day", "2019.02.03", "2019-02-03"),
    ("day", "20190203", "2019-02-03"),
    ("day", "2019-02-03 00:00:00.000", "2019-02-03"),
    ("day", "2016-05-27T00:00:00+08:00", "2016-05-27"),
    ("day", "2019年2月3日", "2019-02-03"),
    ("day", "民国元年1月1日", "1912-01-01"),
    ("day", "民國108年2月3日", "2019-02-03"),
    ("day_or_zero", "0000-00-00", ""),
    ("day_or_zero", "0000-00-00 00:00:00", ""),
    ("registration_number", "2009SR012345", "2009SR012345"),
    ("registration_number", "软著登字第2012SR012345号", "2012SR012345"),
    ("registration_number", "京作登字-2018-F-00012345", "京作登字-2018-F-00012345"),
    ("registration_number", "国作登字2019A00000045", "国作登字-2019-A-00000045"),
    ("case_number", "2018r110035795", "2018R110035795"),
    ("certificate_number", "软著登字第123456号", "软著登字第0123456号"),
    ("classification", "30200-0000", "30200-0000"),
    ("foreign_number", "AI-1553", "AI-1553"),
    ("resident_id", "11010519491231002X", "11010519491231002X"),
    ("resident_id", "110105491231002", "11010519491231002X"),
    ("resident_id", "110105491231999", "11010518491231999X"),
    ("id_number", "E12345678", "E12345678"),
    ("organisation_code", "D2143569-X", "D2143569X"),
    ("organisation_code", "110108001234567", "110108001234567"),
    ("organisation_code", "91110000600037341L", "91110000600037341L"),
    ("fen", "1,200.50", "120050"),
    ("fen", "250", "25000"),
    ("fen", "0.5", "50"),
    ("email", " A@Example.COM ", "a@example.com"),
    ("mobile", "138-0000-0000", "13800000000"),
    ("login", "Wang_Fang", "wang_fang"),
    ("md5", "D41D8CD98F00B204E9800998ECF8427E", "d41d8cd98f00b204e9800998ecf8427e"),
    ("text", "  两 江\u200b  之 ", "两 江 之"),
    ("name", "阿依古丽•买买提", "阿依古丽·买买提"),
]
REFUSED = [
    ("day", "0000-00-00", "date_zero"),
    ("day_or_zero", "2019-02-30", "date_impossible"),
    ("day", "2019-13-01", "date_impossible"),
    ("day", "19-02-03", "date_unreadable"),
    ("day", "2019-02", "date_unreadable"),
    ("day", "0019-02-03", "date_impossible"),
    ("registration_number", "SR012345", "number_unreadable"),
    ("registration_number", "1990SR012345", "number_unreadable"),
    ("resident_id", "110105194912310021", "check_digit_wrong"),
    ("resident_id", "110105491331002", "birth_date_impossible"),
    ("resident_id", "1101054912310", "number_unreadable"),
    ("organisation_code", "D2143569-1", "check_digit_wrong"),
    ("organisation_code", "12345", "number_unreadable"),
    ("fen", "1.005", "amount_unreadable"),
    ("fen", "-5", "amount_unreadable"),
    ("fen", "贰佰", "amount_unreadable"),
    ("md5", "", "hash_unreadable"),
    ("email", "nobody", "address_unreadable"),
    ("mobile", "010-61092299", "address_unreadable"),
    ("text", "石\ufffd头", "characters_damaged"),
    ("text", "石\ue001头", "characters_damaged"),
    ("text", "石\x07头", "characters_damaged"),
]


@pytest.mark.parametrize(("converter", "given_", "right"), VALUES)
def test_values_become_what_the_rule_says(converter: str, given_: str, right: str) -> None:
    assert CONVERTERS[converter](given_) == right


@pytest.mark.parametrize(("converter", "given_", "reason"), REFUSED)
def test_what_is_no_value_is_refused_with_a_reason(converter: str, given_: str, reason: str) -> None:
    with pytest.raises(Unmapped) as refused:
        CONVERTERS[converter](given_)
    assert refused.value.reason == reason


@pytest.mark.parametrize("converter", CONVERTERS)
@given(text=st.text(max_size=60) | st.from_regex(r"[0-9/年月日.-]{0,20}", fullmatch=True))
def test_any_text_is_converted_or_refused_and_what_came_out_stays(converter: str, text: str) -> None:
    try:
        found = CONVERTERS[converter](text)
    except Unmapped:
        return
    if found and converter != "fen":
        assert CONVERTERS[converter](found) == found
    if converter.startswith("day") and found:
        assert date.fromisoformat(found).isoformat() == found


@pytest.mark.parametrize("converter", PLAIN)
@given(data=st.data())
def test_what_is_plain_is_given_back_as_it_is(converter: str, data: st.DataObject) -> None:
    """Rows of plain values are taken over without asking their converters."""
    text = data.draw(st.from_regex(PLAIN[converter], fullmatch=True))
    assert CONVERTERS[converter](text) == text
    assert not UNSAYABLE.search(text)


def _columns(mapping: Mapping) -> list[Field]:
    return [field for field in mapping.fields if field.columns]


def _some(field: Field) -> st.SearchStrategy[str]:
    usual = PLAIN.get(field.converter) or "|".join(field.choices) or "(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]"
    return st.from_regex(f"(?:{usual})?", fullmatch=True) | st.text(max_size=5)


@pytest.mark.parametrize("name", mapping_names())
@given(data=st.data())
def test_rows_come_to_the_same_by_one_expression_and_value_by_value(name: str, data: st.DataObject) -> None:
    mapping = mapping_of(name)
    columns = _columns(mapping)
    plan = mapping.plan([field.columns[0] for field in columns])
    row = [data.draw(_some(field)) for field in columns]

    def ended(judge: Callable[[Sequence[str]], object]) -> object:
        try:
            return judge(row)
        except Unmapped as unmapped:
            return unmapped.reason, unmapped.field

    assert ended(plan.fields) == ended(plan.fields_one_by_one)


@pytest.mark.parametrize("name", mapping_names())
@settings(suppress_health_check=[HealthCheck.large_base_example, HealthCheck.data_too_large, HealthCheck.too_slow])
@given(data=st.data())
def test_rows_come_to_the_same_together_and_one_by_one(name: str, data: st.DataObject) -> None:
    """By columns each value is what its row makes of it, in the place of its row, and rows with faults are rejected for
    what they are."""
    mapping = mapping_of(name)
    columns = _columns(mapping)
    plan = mapping.plan([field.columns[0] for field in columns])
    made = st.tuples(*map(_some, columns)) | st.tuples(*map(_right, columns))
    rows = []
    for number, values in enumerate(data.draw(st.lists(made, min_size=1, max_size=4)), 1):
        joined = BETWEEN.join(values) if data.draw(st.booleans()) else ""
        whole = joined and joined.count(BETWEEN) == len(values) - 1
        rows.append(Row(number, number, b"raw", () if whole else values, "", joined if whole else ""))
    rows.append(Row(9, 9, b"raw", (), "row_unreadable"))
    assert judge_together(plan, mapping.target.name, rows) == [judge(plan, mapping.target.name, row) for row in rows]


def _right(field: Field) -> st.SearchStrategy[str]:
    """A value of a column as most rows have it."""
    if field.choices:
        return st.sampled_from(sorted(field.choices))
    usual = PLAIN.get(field.converter) or "19[0-9]{2}-(0[1-9]|1[0-2])-[0-3][0-9]"
    return st.from_regex(usual, fullmatch=True)


@pytest.mark.parametrize("between", ["-", "/"])
def test_most_rows_are_judged_together(between: str) -> None:
    """What is slow is for the few, also where days are not written as we write them: else nothing would tell that all
    rows were judged by themselves."""
    mapping, made = mapping_of("registrations"), [row for row in old_rows("registrations", 2000) if not row.reason]
    plan = mapping.plan(TABLES["registrations"][0])
    days = re.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})")
    rows = [BETWEEN.join(days.sub(rf"\1{between}\2{between}\3", value) for value in row.values) for row in made]
    together = plan.together(rows)
    assert len(together.places) > 0.95 * len(made)


def test_a_day_in_its_right_form_is_one_that_a_calendar_has() -> None:
    begun, plain = date(1900, 1, 1), re.compile(dates.PLAIN)
    for day in (begun + timedelta(days=n) for n in range(200 * 365)):
        assert bool(plain.fullmatch(day.isoformat())) is ((day.month, day.day) != (2, 29))
    impossible = [f"2019-{month:02d}-{number:02d}" for month in range(14) for number in range(33)]
    for text in impossible:
        with suppress(ValueError):
            date.fromisoformat(text)
            continue
        assert not plain.fullmatch(text), text


@pytest.mark.parametrize("name", mapping_names())
def test_each_mapping_refuses_a_source_with_a_column_less_or_more(name: str) -> None:
    mapping = mapping_of(name)
    columns = [field.columns[0] for field in mapping.fields if field.columns]
    mapping.plan([*columns, "_reason"])
    optional = [field.columns[0] for field in mapping.fields if field.columns and field.optional]
    mapping.plan([column for column in columns if column not in optional])
    for column in (column for column in columns if column not in optional):
        with pytest.raises(SourceRefused, match=f"missing: .*{column}"):
            mapping.plan([other for other in columns if other != column])
    with pytest.raises(SourceRefused, match=r"unknown: .'备注9'"):
        mapping.plan([*columns, "备注9"])


def test_a_column_under_both_of_its_names_is_refused() -> None:
    mapping = mapping_of("accounts")
    columns = [field.columns[0] for field in mapping.fields if field.columns]
    with pytest.raises(SourceRefused, match="source_with_two_columns"):
        mapping.plan([*columns, "YHM"])


def test_a_mapping_that_names_what_is_not_there_is_an_error() -> None:
    with pytest.raises(ValueError, match="does not exist"):
        parsed("x", {"target": "cases", "key": ["serial_number"], "fields": {"colour": {"from": ["A"]}}})
    with pytest.raises(ValueError, match="does not exist"):
        parsed("x", {"target": "cases", "key": ["title"], "fields": {"title": {"from": ["A"], "as": "magic"}}})


def test_enumerations_are_total() -> None:
    """What is not listed is refused; blanks are no value."""
    mapping = mapping_of("cases")
    columns = [field.columns[0] for field in mapping.fields]
    plan = mapping.plan(columns)
    row = dict.fromkeys(columns, "") | {"流水号": "2018R110035795", "用户名": "a"}
    row |= {"名称": "b", "提交日期": "2018-01-02"}
    cases = [("软件", "挂起", "value_unknown"), ("软件", " ", "value_missing"), ("", "待缴费", "value_missing")]
    for kind, state, reason in cases:
        with pytest.raises(Unmapped) as refused:
            plan.fields([*(row | {"类型": kind, "状态": state}).values()])
        assert refused.value.reason == reason


@pytest.mark.requirement("I-09")
def test_an_account_that_came_without_its_password_is_loaded_for_its_owner_to_get_back() -> None:
    mapping = mapping_of("accounts")
    columns = [field.columns[0] for field in mapping.fields]
    row = dict.fromkeys(columns, "") | {"用户名": "lost", "用户类型": "个人", "姓名": "王芳", "实名状态": "实名"}
    fields = dict(zip(mapping.target.fields, mapping.plan(columns).fields([*row.values()]), strict=True))
    assert (fields["login"], fields["password_md5"]) == ("lost", "")
    with pytest.raises(Unmapped, match="hash_unreadable"):
        mapping.plan(columns).fields([*(row | {"密码": "d41d8cd9"}).values()])


def test_categories_that_are_no_more_stay_what_they_were() -> None:
    [category] = [field for field in mapping_of("registrations").fields if field.name == "category"]
    assert (category.choices["电影"], category.choices["类电"]) == ("H", "I")
    assert Counter(category.choices.values()).most_common(1)[0][1] == 1


@pytest.mark.parametrize(
    "head",
    [
        "entry_id volume part number page author title oreg odat id rdat claimants new_matter see_also_ren see_also_reg"
        " notes full_text",
        "entry_id volume part number page auth titl oreg odat id dreg claimants new_matter see_also_ren see_also_reg"
        " note full_text",
    ],
)
def test_a_foreign_source_is_a_mapping_like_others_under_either_of_its_headers(head: str) -> None:
    mapping = mapping_of("renewals")
    plan = mapping.plan(head.split(" "))
    row = ["e-1", "", "", "", "", "Charles Singer.", "A history", "AI-1553", "1950-03-21", "RE9390", "1978-12-14"]
    fields = dict(zip(mapping.target.fields, plan.fields([*row, "Charles Singer|A", "", "", "", "", ""]), strict=True))
    assert (fields["kind"], fields["number"], fields["earlier_number"]) == ("renewal", "RE9390", "AI-1553")
    assert plan.key([*fields.values()]) == "RE9390\x1f1978-12-14\x1fAI-1553\x1f1950-03-21"
    unparsed = ["e-2", "1", "1", "1", "9", "", "", "", "", "", "", "", "", "", "", "", "1Jan50; A1 …"]
    with pytest.raises(Unmapped, match="value_missing"):
        plan.fields(unparsed)


def test_no_reason_is_missing_in_the_runbook() -> None:
    from legacy_bridge.mappings.faults import Reason
    from legacy_bridge.sources.model import RowFault

    page = Path(__file__).parents[3].joinpath("docs/runbooks/legacy-imports.md").read_text("utf-8")
    reasons = {*Reason.__args__, *RowFault.__args__, "conflicts_with_row", "number_in_register"}  # type: ignore[attr-defined]
    assert {reason for reason in reasons if f"`{reason}`" not in page} == set()
