"""Whose each right of a registration is, told beside it where it is chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from contracts.dealings import OWNER, holders
from contracts.forms import Registered
from flask_babel import gettext as _
from pydantic import ValidationError


def marks_of(stated: Any) -> Mapping[str, str]:
    """By right, of those that are not all of whoever the register says this to, or that a licence or a pledge lies on.
    ``stated``: what the register says, as a form keeps it; nothing of what it would not say."""
    try:
        register = Registered.model_validate(stated)
    except ValidationError:
        return {}
    found = {right: str(_("；")).join(_of(right, register)) for right in register.rights}
    return {right: words for right, words in found.items() if words}


def _of(right: str, register: Registered) -> Iterable[str]:
    days = (register.stated_on or date.max, date.max)
    held = {number for day in days for number in holders([right], register.dealings, day).values()}
    others = held - set(register.own)
    if others and held == others:
        yield _("不在您名下：%(where)s", where=_where(others))
    elif others:
        yield _("有的地域或者期限不在您名下：%(where)s", where=_where(others))
    for act, words in (("licensed", _("已专有许可：%(number)s")), ("pledged", _("已出质：%(number)s"))):
        numbers = [one.number for one in register.dealings if one.act == act and right in one.rights]
        if numbers:
            yield words % {"number": str(_("、")).join(numbers)}


def _where(numbers: Iterable[str]) -> str:
    return str(_("、")).join(_("著作权人") if number == OWNER else number for number in sorted(numbers))
