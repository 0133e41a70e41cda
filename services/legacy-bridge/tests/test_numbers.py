"""Which numbers belong to the old system, and where else to look."""

from __future__ import annotations

import pytest
from chassis.testing import anonymous
from contracts.legacy import key_of
from contracts.legacy_bridge import LOCATE, Locate
from legacy_bridge.imports.store import ImportBatch, ImportRow
from legacy_bridge.numbers.model import judge

NUMBERS = [
    # as typed, kind, belongs to the old system, right spelling, provincial office
    ("2018R110035795", "serial_number", True, "2018R110035795", None),
    ("2019Z110000001", "serial_number", True, "2019Z110000001", None),
    ("2018r110035795", "serial_number", True, "2018R110035795", None),
    ("2026R110035795", "serial_number", True, "2026R110035795", None),  # the new system's carry S or L
    ("2019R11S035795", "serial_number", True, "2019R11S035795", None),
    ("2019R11L035795", "acceptance_number", True, "2019R11L035795", None),
    ("2020Z11S000001", "serial_number", True, "2020Z11S000001", None),
    ("2021Z11S000001", "serial_number", False, "2021Z11S000001", None),
    ("2026Z11S000123", "serial_number", False, "2026Z11S000123", None),
    ("2026Z11L000045", "acceptance_number", False, "2026Z11L000045", None),
    ("2026z11l1000045", "acceptance_number", False, "2026Z11L1000045", None),
    ("2009SR012345", "software_registration", True, "2009SR012345", None),
    ("2019SR1234567", "software_registration", True, "2019SR1234567", None),
    ("2020SR0500000", "software_registration", True, "2020SR0500000", None),
    ("2021SR0000001", "software_registration", False, "2021SR0000001", None),
    ("2026SR0000123", "software_registration", False, "2026SR0000123", None),
    ("2026SR000123", "software_registration", True, "2026SR000123", None),  # six digits are the old form
    ("软著登字第2012SR012345号", "software_registration", True, "2012SR012345", None),
    ("软著登记字第2012SR012345号", "software_registration", True, "2012SR012345", None),
    ("２０１２ｓｒ０１２３４５", "software_registration", True, "2012SR012345", None),
    ("国作登字-2019-A-00000045", "work_registration", True, "国作登字-2019-A-00000045", None),
    ("国作登字-2020-F-00012345", "work_registration", True, "国作登字-2020-F-00012345", None),
    ("国作登字-2026-A-00000045", "work_registration", False, "国作登字-2026-A-00000045", None),
    ("国作登字2019A00000045", "work_registration", True, "国作登字-2019-A-00000045", None),
    ("國作登字－2019－Ａ－00000045", "work_registration", True, "国作登字-2019-A-00000045", None),
    ("京作登字-2018-F-00012345", "work_registration", True, "京作登字-2018-F-00012345", "北京市"),
    ("滬作登字—2018—f—00012345", "work_registration", True, "沪作登字-2018-F-00012345", "上海市"),
    ("黔作登字-2024-G-00000007", "work_registration", False, "黔作登字-2024-G-00000007", "贵州省"),
    ("火作登字-2018-F-00012345", "unrecognised", False, "火作登字-2018-F-00012345", None),
    ("国作登字-2018-Z-00012345", "unrecognised", False, "国作登字-2018-Z-00012345", None),
    ("国作登字-2018-A-12345", "unrecognised", False, "国作登字-2018-A-12345", None),
    ("1990SR012345", "unrecognised", False, "1990SR012345", None),  # before the Copyright Law
    ("2018R11003579", "unrecognised", False, "2018R11003579", None),
    ("2018R11X035795", "unrecognised", False, "2018R11X035795", None),
    ("2012SR01234", "unrecognised", False, "2012SR01234", None),
    ("", "unrecognised", False, "", None),
    ("'; DROP TABLE legacy_numbers; --", "unrecognised", False, "';DROPTABLELEGACY_NUMBERS;--", None),
]


@pytest.mark.requirement("L-02")
@pytest.mark.parametrize(("typed", "kind", "legacy", "spelling", "office"), NUMBERS)
def test_a_numbers_form_and_year_say_whose_it_is(typed, kind, legacy, spelling, office):
    verdict = judge(typed)
    assert (verdict.kind, verdict.legacy, verdict.number, verdict.office) == (kind, legacy, spelling, office)


@pytest.fixture
def bridge(service_harness):
    return service_harness("legacy_bridge")


@pytest.mark.requirement("L-02")
def test_anybody_is_told_that_a_number_is_the_old_systems(bridge):
    located = bridge.call(LOCATE, Locate(number="2018R110035795"), anonymous())
    assert (located.legacy, located.known, located.suggestion) == (True, False, None)


@pytest.mark.requirement("L-02")
def test_the_right_spelling_of_an_old_number_is_suggested(bridge):
    assert bridge.call(LOCATE, Locate(number=" 2018r110035795")).suggestion == "2018R110035795"
    assert bridge.call(LOCATE, Locate(number="what is this")).suggestion is None


@pytest.mark.requirement("L-02")
@pytest.mark.parametrize("typed", ["2009SR012345", "软著登字第2009SR012345号", " 2009sr012345"])
def test_a_finished_registration_is_known_once_the_archive_has_it(bridge, typed):
    number, key = "2009SR012345", key_of("registrations", "2009SR012345")
    with bridge.uow() as uow:
        uow.session.add_all(
            ImportRow(
                import_id=import_id, number=row, place=row, outcome=outcome, reason="", field="", key=key, space=space
            )
            for import_id, row, outcome, space in (("imp-1", 7, "loaded", ""), ("imp-dry", 7, "loaded", "imp-dry"))
        )
        batch = {"first_row": 5, "last_row": 9, "handed_over": 5, "originals": b"", "sums": {}}
        uow.session.add(ImportBatch(import_id="imp-1", batch=1, owner_sums=None, **batch))
        uow.session.add(ImportBatch(import_id="imp-dry", batch=1, owner_sums={}, **batch))
    assert bridge.call(LOCATE, Locate(number=typed)).known is False, "on its way, or a dry run"
    with bridge.uow() as uow:
        uow.session.get(ImportBatch, ("imp-1", 1)).owner_sums = {}
    located = bridge.call(LOCATE, Locate(number=typed))
    assert (located.legacy, located.known, located.kind) == (True, True, "software_registration")
    assert located.suggestion == (None if typed == number else number)
    with bridge.uow() as uow:
        uow.session.get(ImportRow, ("imp-1", 7)).outcome = "withdrawn"
    assert bridge.call(LOCATE, Locate(number=typed)).known is False
