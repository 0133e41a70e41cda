"""Forms of pages: what was entered, and what is wrong with it, shown at the top and at each field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from chassis.errors import FieldError, Problem
from contracts.filing import FieldProblem
from flask import Flask, request
from flask_babel import gettext as _
from pydantic import BaseModel, ValidationError

from gateway.web.api import invalid_request
from gateway.web.languages import language
from gateway.web.problems import field_message
from gateway.web.texts import problem_text

M = TypeVar("M", bound=BaseModel)


WHOLE = "form"
"""The field of what is wrong with a form as a whole: no page has it."""


@dataclass(frozen=True)
class ShownError:
    """``label``: what the field is called, where it is not told beside it; empty for one without a name."""

    field: str
    message: str
    code: str = ""
    label: str = ""

    @property
    def has_place(self) -> bool:
        return self.field != WHOLE


def named_problem(error: ShownError) -> str:
    """A problem with the name of its field, for a list away from the field; words that name it already stay alone."""
    if not error.label or error.label in error.message:
        return error.message
    return str(_("%(field)s：%(message)s", field=error.label, message=error.message))


_UNNAMED = re.compile(r'<a href="#field-([^"]+)" data-unnamed>([^<]*)</a>')
_LABEL = re.compile(
    r'<label for="field-([^"]+)"[^>]*>(.*?)</label>'
    r'|<fieldset[^>]* id="field-([^"]+)"[^>]*>\s*<legend[^>]*>(.*?)</legend>',
    re.DOTALL,
)
_BESIDE = re.compile(r'<(span|small) class="(?:optional|visually-hidden)">.*?</\1>|<[^>]+>', re.DOTALL)
"""What stands in a label beside its words."""


def name_lines(html: str) -> str:
    """A page whose error summary leads to its fields by their names, as the page itself labels them below.

    For forms that say no names (:meth:`PageForm.called`): “请填写这一项。” at the top of a page says nothing of which.
    ``html`` was escaped when the page was made, the labels too, and so it stays.
    """
    if "data-unnamed" not in html:
        return html
    labels: dict[str, str] = {}
    for found in _LABEL.finditer(html):
        name, words = (found[1], found[2]) if found[1] else (found[3], found[4])
        labels.setdefault(name, " ".join(_BESIDE.sub("", words).split()))

    def named(line: re.Match[str]) -> str:
        shown = ShownError(line[1], line[2], label=labels.get(line[1], ""))
        return f'<a href="#field-{line[1]}">{named_problem(shown)}</a>'

    return _UNNAMED.sub(named, html)


def no_label(_field: str) -> str:
    """For forms whose messages say enough."""
    return ""


def entered(model: type[M], *, field: str = "", **values: Any) -> M:
    """The request made of what was entered, for a form's ``refused`` to say what is wrong with it.

    Nothing is cut to fit: who pasted too much is told so. ``field`` names the form's field where it is called
    otherwise than in the request. Problem ``request_invalid``.
    """
    try:
        return model(**values)
    except ValidationError as invalid:
        problem = invalid_request(invalid)
        if field:
            problem.errors = tuple(FieldError(field, error.code, error.params) for error in problem.errors)
        raise problem from None


class PageForm:
    """Values of a form by field name, and the Problem that came of sending them.

    ::

        form = PageForm(request.form)
        try:
            ...
        except Problem as problem:
            return render_template("…", form=form.refused(problem)), problem.status
    """

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self._values = values or {}
        self._label: Callable[[str], str] = no_label
        self._anchors: set[str] = set()
        self.problem: Problem | None = None
        self.sentence = ""
        self.remedy = ""
        self.errors: list[ShownError] = []
        self.notes: list[ShownError] = []

    @classmethod
    def from_request(cls) -> PageForm:
        return cls(request.form)

    def called(self, label: Callable[[str], str]) -> PageForm:
        """The same form with names for its fields, by their paths."""
        self._label = label
        return self

    def refused(self, problem: Problem, *, field: str = "") -> PageForm:
        """The same form explaining ``problem``; ``field`` names where to show one that names no field itself."""
        text = problem_text(problem.code, problem.params, language())
        self.problem, self.sentence, self.remedy = problem, text.sentence, text.remedy
        self.errors = [self._told(error) for error in problem.errors]
        if not self.errors and field:
            self.errors = [ShownError(field, text.sentence)]
        return self

    def with_notes(self, notes: Iterable[FieldProblem]) -> PageForm:
        """The same form with what is worth knowing of its fields, though nothing keeps it from being sent."""
        self.notes = [self._told(FieldError(note.field, note.code, note.params)) for note in notes]
        return self

    def _told(self, error: FieldError) -> ShownError:
        return ShownError(error.field, field_message(error, language()), error.code, self._label(error.field))

    def anchored(self, paths: Iterable[str]) -> PageForm:
        """The same form on a page that has fields with these paths: what is wrong elsewhere leads to what is there."""
        self._anchors |= set(paths)
        return self

    def anchor(self, field: str) -> str:
        """Where the page shows the field: itself, or the list or group that it is in."""
        path = field
        while self._anchors and path not in self._anchors and "." in path:
            path = path.rpartition(".")[0]
        return path if path in self._anchors else field

    def note(self, name: str) -> str:
        """What is worth knowing of the field."""
        return " ".join(note.message for note in self.notes if note.field == name)

    def value(self, name: str) -> str:
        """What was entered, as text; empty for nothing."""
        found = self._values.get(name)
        return "" if found is None else str(found)

    def raw(self, name: str) -> Any:
        """The value as it is; ``value`` gives text."""
        return self._values.get(name)

    def own_error(self, name: str) -> str:
        """What is wrong with a list field as a whole, not with one of its entries."""
        return " ".join(dict.fromkeys(error.message for error in self.errors if error.field == name))

    def error(self, name: str) -> str:
        """What is wrong with the field; also for problems of its parts (``authors`` for ``authors.0.name``)."""
        messages = [e.message for e in self.errors if e.field == name or e.field.startswith(f"{name}.")]
        return " ".join(dict.fromkeys(messages))

    def has_error(self, name: str, code: str) -> bool:
        """Whether this is what is wrong with the field."""
        return any(error.field == name and error.code == code for error in self.errors)


def install(app: Flask) -> None:
    """Templates name the fields of problems."""
    app.jinja_env.filters["name_lines"] = name_lines
    app.jinja_env.globals["named_problem"] = named_problem
