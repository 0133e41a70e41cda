"""What names a record of the old system here: the same for ever, and near to what was numbered next to it."""

from __future__ import annotations

import pytest
from contracts.legacy import account_record, key_of

pytestmark = pytest.mark.requirement("L-04")


def test_registrations_numbered_after_each_other_have_keys_that_follow_each_other() -> None:
    numbers = [f"{year}SR{number:06d}" for year in (1999, 2000) for number in (1, 2, 99, 100, 999_999)]
    keys = [key_of("registrations", number) for number in numbers]
    assert keys == sorted(keys)
    assert {len(key) for key in keys} == {16}


def test_the_same_digits_in_another_number_are_another_record() -> None:
    numbers = [
        "京作登字-2018-F-00012345",
        "沪作登字-2018-F-00012345",
        "国作登字-2018-A-00012345",
        "2018SR00012345",
        "",
        "无",
    ]
    assert len({key_of("registrations", number) for number in numbers}) == len(numbers)


def test_the_key_of_an_account_says_nothing_of_its_name() -> None:
    assert f"leg-{key_of('accounts', 'user7').hex()}" == account_record("user7")
    assert key_of("accounts", "user7")[:8] != key_of("accounts", "user70")[:8]
