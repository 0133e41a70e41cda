"""What a page shows of a form: its fields with their values, conditions and rows, ready for the template.

``templates/components/form_fields.html`` prints it with the macros that every form of the site uses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from contracts.forms import Choice, FormField
from flask_babel import gettext as _

from gateway.forms.answers import sheet
from gateway.forms.dealt import marks_of
from gateway.forms.described import Described, value_at
from gateway.forms.shown import Condition, FieldsShown, Option, Row, ShownField
from gateway.forms.values import flat, new_row, rows_of
from gateway.forms.words import choice_word, enumerated, value_word
from gateway.web.forms import PageForm

SHORT = "s"


def show(
    described: Described,
    fields: Sequence[FormField],
    form: Mapping[str, Any],
    page: PageForm,
    *,
    filer: str = "",
    fixed: Iterable[str] = (),
    beside: Iterable[str] = (),
) -> FieldsShown:
    """The fields with the values of ``form`` as ``page`` shows them.

    ``filer``: kind of the applicant, for choices that not everybody has. ``fixed``: fields that cannot be changed now.
    ``beside``: other fields that can be entered on the same page.
    """
    here = ({field.name for field in fields} | set(beside)) - set(fixed)
    maker = _Maker(described, form, page, filer, here, set(fixed))
    shown = [made for field in fields for made in maker.of(field, field.name, form.get(field.name))]
    page.anchored(FieldsShown(_runs(shown), ()).anchors())
    return FieldsShown(_runs(shown), tuple(sorted(maker.given)))


def entries_of(fields: Sequence[FormField], form: Mapping[str, Any]) -> dict[str, Any]:
    """Values for a :class:`PageForm` that shows these fields."""
    return flat(fields, form)


class _Maker:
    def __init__(
        self, described: Described, form: Mapping[str, Any], page: PageForm, filer: str, here: set[str], fixed: set[str]
    ) -> None:
        self._described, self._form, self._page = described, form, page
        self._filer, self._here, self._fixed = filer, here, fixed
        self.given: set[tuple[str, str]] = set()

    def of(self, field: FormField, path: str, value: Any) -> Iterator[ShownField]:
        """The field; nothing for one that is not to be seen or not asked on this page."""
        if (hint := next((words for filer, words in field.hint_for.items() if filer == self._filer), None)) is not None:
            field = field.model_copy(update={"hint": hint})
        if field.hidden:
            if "." in path:  # the rest of a group or row travels with it: saved, it replaces the whole
                yield ShownField(field, path, carried=True)
            return
        if field.asked_when and not self._asked_about(field, value):
            return
        when = self._when(field, path)
        if when is None and field.shown_when is not None and not self._described.asked(path, self._value):
            return
        if field.given:
            yield ShownField(field, path, said=tuple(sheet(self._described, [field], self._form, empty=False)))
            return
        if path in self._fixed:
            yield ShownField(field, path, words=value_word(field, value) or "—")
            return
        parts = self._parts(field, path, value) if field.widget == "group" else []
        rows = self._rows(field, path, value) if field.widget == "rows" else ()
        yield ShownField(
            field,
            path,
            when,
            options=self._options(field, value),
            runs=_runs(parts),
            rows=rows,
            needed=self._needed(field),
            beside=self._beside(field, path),
        )

    def _beside(self, field: FormField, path: str) -> str:
        """What holds now in words; a dash where nothing does."""
        if not field.beside:
            return ""
        row, _sep, _name = path.rpartition(".")
        known = self._value(f"{row}{field.beside}" if field.beside.startswith(".") else field.beside)
        return value_word(field, known) or "—"

    def _needed(self, field: FormField) -> bool:
        condition = field.needed_when
        if not field.optional or condition is None:
            return not field.optional
        return not self._described.chosen(condition.field, self._value).isdisjoint(condition.values)

    def _parts(self, field: FormField, path: str, value: Any) -> list[ShownField]:
        given = value if isinstance(value, Mapping) else {}
        return [
            made for inner in field.fields for made in self.of(inner, f"{path}.{inner.name}", given.get(inner.name))
        ]

    def _rows(self, field: FormField, path: str, value: Any) -> tuple[Row, ...]:
        rows = rows_of(value)
        if not rows and not field.optional and not field.standing and not self._comes_later(field):
            rows = [new_row(field)]  # somebody has to be named: the first place stands there
        return tuple(self._row(field, f"{path}.{number}", number, row, len(rows)) for number, row in enumerate(rows))

    def _comes_later(self, field: FormField) -> bool:
        """Whether the applicant's own row comes with their verification."""
        return bool(field.fixed) and not self._filer

    def _row(self, field: FormField, path: str, number: int, row: Mapping[str, Any], count: int) -> Row:
        own = bool(field.fixed and row.get(field.fixed) in (True, "yes"))
        kept = [inner for inner in field.fields if own and inner.verified]
        open_ones = [inner for inner in field.fields if inner not in kept]
        parts = [m for inner in open_ones for m in self.of(inner, f"{path}.{inner.name}", row.get(inner.name))]
        verified = tuple(
            ShownField(inner, f"{path}.{inner.name}", carried=True, words=value_word(inner, row.get(inner.name)))
            for inner in kept
        )
        flag = next((inner.label for inner in field.fields if inner.name == field.fixed), "")
        title = field.row.title.format(n=number + 1) if field.row else ""
        return Row(
            path,
            flag if own and flag else title,
            own,
            not (own or field.standing) and count > 1,
            verified,
            _runs(parts),
        )

    def _asked_about(self, field: FormField, value: Any) -> bool:
        return value is True or self._page.has_error(field.asked_about, field.asked_when)

    def _when(self, field: FormField, path: str) -> Condition | None:
        """The condition that the page itself can follow; None for none, and where the other field is elsewhere."""
        condition, control = field.shown_when, self._described.control_of(path)
        if condition is None or not control:
            return None
        if control.split(".")[0] not in self._here or getattr(self._described.field(control), "hidden", True):
            asked = self._described.asked(control, self._value)
            chosen = self._described.chosen(control, self._value) if asked else set()
            self.given |= {(control, value) for value in chosen}
            return None
        return Condition(control, tuple(condition.values), self._sentence(control, condition.values))

    def _sentence(self, control: str, values: list[str]) -> str:
        field = self._described.field(control)
        if field is None:
            return ""
        if field.widget == "flag":
            text = _("只有勾选了“%(field)s”才填写。") if "yes" in values else _("只有没勾选“%(field)s”才填写。")
            return str(text % {"field": field.label})
        words = enumerated([choice_word(field, value) for value in values])
        return str(_("只有“%(field)s”是“%(values)s”时才填写。", field=field.label, values=words))

    def _options(self, field: FormField, value: Any) -> tuple[Option, ...]:
        """Who may choose what, and when; what is chosen already stays, for the rules to judge."""
        chosen = {str(entry) for entry in (value if isinstance(value, list) else [value])}
        marks = marks_of(self._value(field.marked_by)) if field.marked_by else {}
        return tuple(
            Option(
                choice.value,
                choice.label,
                choice.hint or marks.get(choice.value, ""),
                choice.open or choice.value in chosen,
                choice.group,
                self._followed(choice),
                choice.closed_because,
            )
            for choice in field.choices
            if choice.value in chosen or (self._may_choose(choice) and self._offered(choice))
        )

    def _may_choose(self, choice: Choice) -> bool:
        return not choice.filers or not self._filer or self._filer in choice.filers

    def _followed(self, choice: Choice) -> Condition | None:
        """The condition of a choice, where the other field is on the page too."""
        when = choice.shown_when
        if when is None or when.field not in self._here:
            return None
        return Condition(when.field, tuple(when.values), "")

    def _offered(self, choice: Choice) -> bool:
        when = choice.shown_when
        if when is None or when.field in self._here:
            return True
        return not self._described.chosen(when.field, self._value).isdisjoint(when.values)

    def _value(self, path: str) -> Any:
        return value_at(self._form, path)


def _runs(shown: Iterable[ShownField]) -> tuple[tuple[ShownField, ...], ...]:
    """Short fields that follow each other stand in one line."""
    runs: list[list[ShownField]] = []
    for made in shown:
        short = made.field.width == SHORT and made.when is None and not made.carried
        last = runs[-1][-1] if runs else None
        if short and last is not None and last.field.width == SHORT and last.when is None and not last.carried:
            runs[-1].append(made)
        else:
            runs.append([made])
    return tuple(tuple(run) for run in runs)
