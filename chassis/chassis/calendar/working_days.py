"""Working days and legal periods by the calendar of the State Council's yearly holiday notice.

`china.csv` (date, kind, name, source) holds every day that differs from Monday-to-Friday: a `holiday`, or a
weekend day worked instead (`workday`). It was filled once from chinesecalendar 1.11.0; the days of a year whose notice
is not out yet carry a source that starts with "provisional:" (statutory holidays only, no moved working days) and are
replaced when the notice appears, usually in November.

Periods follow 民法典 art. 201–203 and 行政诉讼法 practice: the first day is not counted; a period of months ends on
the same day of the month, or its last day; a period in calendar days or months that would end on a day off ends on
the next working day. All dates are legal dates (Asia/Shanghai).

Outside the years of the table only Saturdays and Sundays are off, and `is_provisional` says so.
"""

import calendar
import csv
from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, timedelta
from importlib import resources
from typing import Literal, Self

PROVISIONAL = "provisional:"
_DAY = timedelta(days=1)


class WorkingCalendar:
    """Working days from a table of exceptions to Monday-to-Friday."""

    def __init__(self, exceptions: Iterable[tuple[date, Literal["holiday", "workday"], str, str]]) -> None:
        self._exceptions = {day: (kind, name, source) for day, kind, name, source in exceptions}
        if not self._exceptions:
            raise ValueError("the working-day calendar is empty")
        years = {day.year for day in self._exceptions}
        if years != set(range(min(years), max(years) + 1)):
            raise ValueError("the working-day calendar lacks a year")
        self._first = date(min(years), 1, 1)
        self._last = date(max(years), 12, 31)
        self._provisional_years = {
            day.year for day, (_, _, source) in self._exceptions.items() if source.startswith(PROVISIONAL)
        }
        day, working = self._first, []
        while day <= self._last:
            if self.is_working_day(day):
                working.append(day)
            day += _DAY
        self._working = working

    @classmethod
    def from_csv(cls, text: str) -> Self:
        """Read the table. Raises `ValueError` for an unknown kind, a malformed or a repeated date."""
        rows: dict[date, tuple[date, Literal["holiday", "workday"], str, str]] = {}
        for row in csv.DictReader(text.splitlines()):
            day = date.fromisoformat(row["date"])
            if day in rows:
                raise ValueError(f"the working-day calendar has {day} twice")
            match row["kind"]:
                case "holiday":
                    rows[day] = (day, "holiday", row["name"], row["source"])
                case "workday":
                    rows[day] = (day, "workday", row["name"], row["source"])
                case other:
                    raise ValueError(f"the working-day calendar calls {day} {other!r}, neither holiday nor workday")
        return cls(rows.values())

    def is_working_day(self, day: date) -> bool:
        """By the State Council's notice for the year; days that it does not name, by their weekday."""
        exception = self._exceptions.get(day)
        return exception[0] == "workday" if exception else day.weekday() < calendar.SATURDAY

    def name_of(self, day: date) -> str | None:
        """Why the day differs from an ordinary weekday or weekend, in Chinese ("春节"); None if it does not."""
        exception = self._exceptions.get(day)
        return exception[1] if exception else None

    def roll_forward(self, day: date) -> date:
        """The day itself if it is a working day, else the next working day (民法典 art. 203)."""
        while not self.is_working_day(day):
            day += _DAY
        return day

    def add_working_days(self, day: date, n: int) -> date:
        """The n-th working day after `day`, which is not counted. n = 0 gives `day`, or the next working day."""
        if n < 0:
            raise ValueError("a legal period is not negative")
        if n == 0:
            return self.roll_forward(day)
        if self._first <= day <= self._last:
            at = bisect_right(self._working, day) + n - 1
            if at < len(self._working):
                return self._working[at]
        while n:
            day += _DAY
            n -= self.is_working_day(day)
        return day

    def add_days(self, day: date, n: int, roll: bool = True) -> date:
        """The last day of a period of n calendar days; `roll` moves a day off to the next working day."""
        if n < 0:
            raise ValueError("a legal period is not negative")
        end = day + timedelta(days=n)
        return self.roll_forward(end) if roll else end

    def add_months(self, day: date, n: int, roll: bool = True) -> date:
        """The last day of a period of n months: the same day of the month, or the month's last (民法典 art. 202)."""
        if n < 0:
            raise ValueError("a legal period is not negative")
        year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
        month += 1
        end = date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
        return self.roll_forward(end) if roll else end

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` lies before `start`.

        `working_days_between(d, add_working_days(d, n)) == n` for n ≥ 1.
        """
        if end < start:
            return -self.working_days_between(end, start)
        if start >= self._first and end <= self._last:
            return bisect_right(self._working, end) - bisect_right(self._working, start)
        return sum(self.is_working_day(start + timedelta(days=i)) for i in range(1, (end - start).days + 1))

    def coverage_until(self) -> date:
        """The last day for which the table knows any holidays."""
        return self._last

    def is_provisional(self, day: date) -> bool:
        """Whether the day's status may still change: its year's holiday notice is not in the table."""
        return not self._first <= day <= self._last or day.year in self._provisional_years


CHINA = WorkingCalendar.from_csv(resources.files(__package__).joinpath("china.csv").read_text(encoding="utf-8"))

is_working_day = CHINA.is_working_day
roll_forward = CHINA.roll_forward
add_working_days = CHINA.add_working_days
add_days = CHINA.add_days
add_months = CHINA.add_months
working_days_between = CHINA.working_days_between
coverage_until = CHINA.coverage_until
is_provisional = CHINA.is_provisional
