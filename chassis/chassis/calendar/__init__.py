"""The Chinese working-day calendar and the arithmetic of legal periods (days, working days, months)."""

from chassis.calendar.working_days import (
    CHINA,
    WorkingCalendar,
    add_days,
    add_months,
    add_working_days,
    coverage_until,
    is_provisional,
    is_working_day,
    roll_forward,
    working_days_between,
)

__all__ = [
    "CHINA",
    "WorkingCalendar",
    "add_days",
    "add_months",
    "add_working_days",
    "coverage_until",
    "is_provisional",
    "is_working_day",
    "roll_forward",
    "working_days_between",
]
