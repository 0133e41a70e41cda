"""The working-day calendar and legal periods (requirement F-13)."""

from datetime import date, timedelta

import pytest
from chassis.calendar import (
    CHINA,
    WorkingCalendar,
    add_days,
    add_months,
    add_working_days,
    coverage_until,
    is_provisional,
    is_working_day,
    working_days_between,
)

pytestmark = pytest.mark.requirement("F-13")


def test_the_calendar_has_at_least_half_a_year_left() -> None:
    """When this fails: add the State Council's new notice to chassis/calendar/china.csv."""
    left = (coverage_until() - date.today()).days  # noqa: DTZ011 - a day more or less does not matter
    assert left >= 180, f"the working-day calendar ends in {left} days"


def test_weekends_are_off_and_weekdays_are_worked() -> None:
    assert is_working_day(date(2026, 11, 23))
    assert not is_working_day(date(2026, 11, 22))


def test_spring_festival_is_off_on_weekdays_and_its_moved_days_are_worked_on_weekends() -> None:
    assert not any(is_working_day(date(2026, 2, day)) for day in range(15, 24))
    assert is_working_day(date(2026, 2, 14))  # a Saturday
    assert is_working_day(date(2026, 2, 28))  # a Saturday
    assert CHINA.name_of(date(2026, 2, 17)) == "春节"


def test_the_first_day_is_not_counted() -> None:
    assert add_days(date(2026, 11, 2), 30) == date(2026, 12, 2)
    assert add_working_days(date(2026, 11, 23), 1) == date(2026, 11, 24)


def test_a_period_ending_on_a_weekend_ends_on_monday() -> None:
    assert add_days(date(2026, 10, 22), 30) == date(2026, 11, 23)
    assert add_days(date(2026, 10, 22), 30, roll=False) == date(2026, 11, 21)


def test_a_period_ending_in_spring_festival_ends_on_the_first_working_day_after_it() -> None:
    assert add_days(date(2026, 1, 20), 30) == date(2026, 2, 24)  # 19 February is inside the festival


def test_a_period_ending_in_national_day_week_ends_on_the_eighth_of_october() -> None:
    assert add_days(date(2026, 8, 4), 60) == date(2026, 10, 8)


def test_a_period_ending_on_a_worked_saturday_ends_there() -> None:
    assert add_days(date(2026, 9, 10), 30) == date(2026, 10, 10)


def test_working_days_skip_the_festival_and_count_the_moved_saturday() -> None:
    # 13 February 2026 is a Friday: Saturday 14 is worked, 15 to 23 are off.
    assert add_working_days(date(2026, 2, 13), 1) == date(2026, 2, 14)
    assert add_working_days(date(2026, 2, 13), 2) == date(2026, 2, 24)
    assert add_working_days(date(2026, 2, 13), 7) == date(2026, 3, 2)


def test_no_working_days_after_a_day_off_is_the_next_working_day() -> None:
    assert add_working_days(date(2026, 10, 3), 0) == date(2026, 10, 8)


def test_a_month_ends_on_the_same_day_or_the_last_of_the_month() -> None:
    assert add_months(date(2026, 3, 17), 1) == date(2026, 4, 17)
    assert add_months(date(2026, 12, 31), 2, roll=False) == date(2027, 2, 28)
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)  # a Saturday, but worked
    assert add_months(date(2026, 9, 2), 1) == date(2026, 10, 8)


@pytest.mark.parametrize("add", [add_days, add_months, add_working_days])
def test_a_period_is_never_negative(add: object) -> None:
    assert callable(add)
    with pytest.raises(ValueError, match="not negative"):
        add(date(2026, 1, 1), -1)


def test_counting_undoes_adding_at_every_day_of_the_table_and_beyond() -> None:
    day = date(2003, 12, 1)
    while day < date(2028, 3, 1):
        for n in (1, 15, 60):
            assert working_days_between(day, add_working_days(day, n)) == n
        day += timedelta(days=17)
    assert working_days_between(date(2026, 11, 27), date(2026, 11, 23)) == -4


def test_a_year_without_its_notice_is_provisional_and_so_is_everything_outside_the_table() -> None:
    assert not is_provisional(date(2026, 12, 31))
    assert is_provisional(date(2027, 3, 1)) == CHINA.is_provisional(date(2027, 10, 1))
    assert is_provisional(coverage_until() + timedelta(days=1))
    assert is_provisional(date(2003, 12, 31))


def test_every_year_has_a_plausible_number_of_working_days() -> None:
    for year in range(2004, coverage_until().year + 1):
        assert 247 <= working_days_between(date(year - 1, 12, 31), date(year, 12, 31)) <= 255, year


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ("2026-01-01,holidays,元旦,x", "neither holiday nor workday"),
        ("2026-01-01,holiday,元旦,x\n2026-01-01,holiday,元旦,x", "twice"),
        ("2024-01-01,holiday,元旦,x\n2026-01-01,holiday,元旦,x", "lacks a year"),
        ("", "empty"),
    ],
)
def test_a_broken_table_is_refused(rows: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        WorkingCalendar.from_csv("date,kind,name,source\n" + rows)


def test_the_table_agrees_with_chinesecalendar_day_by_day() -> None:
    reference = pytest.importorskip("chinese_calendar")
    day = date(2004, 1, 1)
    while day <= date(2026, 12, 31):
        assert is_working_day(day) == reference.is_workday(day), day
        day += timedelta(days=1)


def test_the_provisional_year_agrees_with_the_statutory_holidays() -> None:
    holidays = pytest.importorskip("holidays")
    if not is_provisional(date(2027, 1, 1)):
        pytest.skip("the notice for 2027 is in the table")
    statutory = holidays.China(years=2027)
    assert all(not is_working_day(day) for day in statutory)
