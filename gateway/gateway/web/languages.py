"""Languages and formats: Chinese first, English complete, dates of the office in Asia/Shanghai."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from babel.support import NullTranslations, Translations
from chassis.catalogues import LANGUAGES, MANY, Language, compiled, date_in_words, read
from flask import Flask, Response, current_app, g, has_request_context, request
from flask_babel import Babel, Domain
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

SHANGHAI = ZoneInfo("Asia/Shanghai")
COOKIE = "lang"
HTTPS = "SITE_HTTPS"
LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
COOKIE_LIFE = 365 * 86400


def language() -> Language:
    """``zh`` or ``en``. Pages: ``?lang=``, then the cookie, then Chinese. API: ``Accept-Language``."""
    if not has_request_context():
        return "zh"
    if "language" not in g:
        g.language = _choose()
    chosen: Language = g.language
    return chosen


def _choose() -> Language:
    asked = request.args.get("lang") or request.cookies.get(_cookie_name())
    known = next((each for each in LANGUAGES if each == asked), None)
    if known and not (request.path.startswith("/api/v1") and "lang" not in request.args):
        return known
    if request.path.startswith("/api/v1"):
        return _accepted(request.headers.get("Accept-Language", ""))
    return "zh"


def offers_english() -> bool:
    """Whether somebody reads Chinese who has not chosen it, and whose browser would rather have English."""
    chosen = request.args.get("lang") or request.cookies.get(_cookie_name())
    return chosen not in LANGUAGES and _accepted(request.headers.get("Accept-Language", "")) == "en"


def _cookie_name() -> str:
    return f"__Host-{COOKIE}" if current_app.config[HTTPS] else COOKIE


@lru_cache(maxsize=512)
def _accepted(header: str) -> Language:
    best = parse_accept_header(header, LanguageAccept).best_match(LANGUAGES)
    return next((each for each in LANGUAGES if each == best), "zh")


@lru_cache
def _translations() -> Translations:
    """Every ``translations/en/*.po``, compiled in memory. The source language, Chinese, needs none."""
    folder = resources.files("gateway").joinpath("translations", "en")
    sources = (file for file in folder.iterdir() if file.name.endswith(".po"))
    return Translations(fp=compiled(read(sources, "en")))


class Catalogues(Domain):  # type: ignore[misc]  # untyped library
    """Reads .po files directly: no compiled file to keep in step, one file per capability."""

    def get_translations(self) -> NullTranslations:
        return _translations() if language() == "en" else NullTranslations()


class Languages(Babel):  # type: ignore[misc]  # untyped library
    """Flask-Babel with our own catalogues."""

    @property
    def domain_instance(self) -> Domain:
        return _CATALOGUES


_CATALOGUES = Catalogues()


def noted(text: str) -> str:
    """Marks a text for translation where it is needed in Chinese now."""
    return text


def both(text: str) -> tuple[str, str]:
    """A text of the catalogues in Chinese and in English, whatever the reader's language is; what is none, twice."""
    return text, str(_translations().gettext(text)) if text else ""


def counted(text: str, n: int, **values: Any) -> str:
    """A text whose words change with the number in it, ``%(n)s``: the form that the language has for it."""
    return str(_CATALOGUES.ngettext(text, text, n, n=n, **values))


def counted_forms(text: str) -> dict[str, str]:
    """The forms of a text that a script fills in, by what ``Intl.PluralRules`` calls them."""
    return {"one": str(_CATALOGUES.ngettext(text, text, 1)), "other": str(_CATALOGUES.ngettext(text, text, MANY))}


@pass_context
def _text_of_page(context: Context, string: str, **variables: Any) -> str:
    """``_()`` of templates, whose values are escaped."""
    text = _safe(context, _CATALOGUES.gettext(string))
    return text % variables if variables else text


@pass_context
def _counted_in_page(context: Context, string: str, n: int, **variables: Any) -> str:
    """``counted()`` of templates, whose values are escaped."""
    return _safe(context, _CATALOGUES.get_translations().ungettext(string, string, n)) % {"n": n, **variables}


def _safe(context: Context, text: str) -> str:
    return Markup(text) if context.eval_ctx.autoescape else text  # noqa: S704 - our own catalogue


def legal_date(value: date | str | None) -> str:
    """``2026年11月22日`` or ``22 November 2026``. Datetimes are taken to Asia/Shanghai first."""
    day = _local(value)
    return "—" if day is None else date_in_words(day, language())


def day_in_words(value: str) -> str:
    """A day as the register writes it (``2026-11-22``), as :func:`legal_date`; what is no day, as it stands."""
    try:
        return date_in_words(date.fromisoformat(value), language())
    except ValueError:
        return value


def moment(value: datetime | str | None) -> str:
    """Date and time in Asia/Shanghai, to the minute."""
    at = _local(value)
    return "—" if at is None else f"{legal_date(at)} {at:%H:%M}"


def time_of_day(value: datetime) -> str:
    """The time in Asia/Shanghai, to the minute."""
    return f"{value.astimezone(SHANGHAI):%H:%M}"


def _local(value: date | str | None) -> datetime | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=SHANGHAI)
    return value.astimezone(SHANGHAI)


def yuan(fen: int) -> str:
    """``¥300.00`` from integer fen."""
    return f"{'-' if fen < 0 else ''}¥{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def byte_size(size: int) -> str:
    """``1.4 MB``, in units of 1024 as file managers on Windows show them."""
    amount = float(size)
    for unit in ("B", "KB", "MB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 100 else f"{_short(amount)} {unit}"
        amount /= 1024
    return f"{_short(amount)} GB"


def _short(amount: float) -> str:
    return f"{amount:.1f}".removesuffix(".0")


def keep_choice(response: Response) -> Response:
    """``?lang=`` is remembered in a cookie."""
    asked = request.args.get("lang")
    if asked in LOCALES and not request.path.startswith("/api/v1"):
        secure = bool(current_app.config[HTTPS])
        response.set_cookie(
            _cookie_name(), asked, max_age=COOKIE_LIFE, samesite="Lax", secure=secure, httponly=True, path="/"
        )
    return response


def install(app: Flask, https: bool) -> None:
    """Locale of texts and dates, and the filters by which templates write days, moments, money and sizes."""
    app.config[HTTPS] = https
    Languages(
        app,
        default_locale=LOCALES["zh"],
        default_timezone="Asia/Shanghai",
        locale_selector=lambda: LOCALES[language()],
    )
    app.jinja_env.filters.update(legal_date=legal_date, moment=moment, yuan=yuan, byte_size=byte_size)
    app.jinja_env.filters["day_in_words"] = day_in_words
    words = {"gettext": _text_of_page, "counted": _counted_in_page}
    app.jinja_env.globals.update(language=language, offers_english=offers_english, **words)
    app.after_request(keep_choice)
