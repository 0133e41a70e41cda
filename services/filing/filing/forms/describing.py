"""From a type's ``fields.toml`` and a policy to the description that everybody else goes by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from contracts.forms import (
    Choice,
    Filer,
    FormDescription,
    FormField,
    FormStep,
    Kind,
    MaterialNeed,
    RowWords,
    SampleForm,
    ShownWhen,
)

from filing.forms.fields import ChoiceWords, Condition, FieldWords, FormFields, MaterialWords
from filing.forms.model import Need
from filing.forms.policy import FormPolicy, Limit, policies
from filing.forms.words import Language

FILERS: tuple[Filer, ...] = ("natural_person", "organisation")
_MADE: dict[tuple[int, int, str], tuple[FormFields, FormPolicy, FormDescription]] = {}
"""By the identities of what it was made from, which are kept alive with it."""


def describe(
    fields: FormFields, kind: Kind, needs: Sequence[Need], policy: FormPolicy, language: Language, on: date
) -> FormDescription:
    """All that is asked for on a day, in one language; ``needs`` are those of an empty form.

    Made once per process (it takes milliseconds) for each policy and language.
    """
    key = (id(fields), id(policy), language)
    if key not in _MADE:
        _MADE[key] = fields, policy, _make(fields, kind, needs, policy, language, on)
    return _MADE[key][-1].model_copy(update={"on": on})


def _make(
    fields: FormFields, kind: Kind, needs: Sequence[Need], policy: FormPolicy, language: Language, on: date
) -> FormDescription:
    return FormDescription(
        type=policy.type,
        kind=kind,
        form_code=policy.code,
        title=policy.title.in_language(language),
        title_field=fields.title_field,
        begins_with=fields.begins_with,
        on_registration=fields.on_registration,
        language=language,
        on=on,
        open=policy.open,
        steps=[
            FormStep(
                name=step.name,
                title=step.title.in_language(language),
                hint=step.hint.in_language(language),
                intro=step.intro.in_language(language),
                kind=step.kind,
                optional=step.optional,
                fields=[_field(field, policy, language) for field in step.fields if _asked(field, policy)],
            )
            for step in fields.step
        ],
        materials=needs_of(fields, _with_all_roles(fields, needs), language, of_a_form=False),
        paper_required=policy.paper_required,
        paper=[item.in_language(language) for item in policy.paper],
        office=policies().office.model_dump(),
        acceptance_working_days=policy.acceptance_working_days,
        examination_days=policy.examination_days,
        correction_days=policy.correction_days,
        paper_days=policy.paper_days,
        max_materials=policy.max_materials,
        legal_basis={kind: words.in_language(language) for kind, words in policy.legal_basis.items()},
    )


def needs_of(
    fields: FormFields, needs: Iterable[Need], language: Language, *, of_a_form: bool = True
) -> list[MaterialNeed]:
    """What a form needs, with its words, in the order of the page; or what forms may need, in words for all of them."""
    by_role = {need.role: need for need in needs}
    asked = ((words, by_role[words.role]) for words in fields.material if words.role in by_role)
    return [_need(words, need, language, need.profile if of_a_form else "") for words, need in asked]


def label_of(fields: FormFields, path: str, language: Language) -> str:
    """See :func:`filing.types.labels.label_of`."""
    material = fields.material_of(path)
    if material is not None:
        return material.title.in_language(language)
    labels: list[str] = []
    parts = path.split(".")
    for end in range(1, len(parts) + 1):
        field = fields.of(".".join(parts[:end]))
        if field is None:
            break
        if not parts[end - 1].isdecimal():
            labels.append(field.label.in_language(language))
        elif field.row is not None:
            labels[-1] = field.row.title.in_language(language).format(n=int(parts[end - 1]) + 1)
        else:
            labels[-1] = f"{labels[-1]} {int(parts[end - 1]) + 1}"
    return " · ".join(labels) or path


def _need(words: MaterialWords, need: Need, language: Language, told_of: str) -> MaterialNeed:
    hint = words.hint_by_profile.get(told_of, words.hint)
    if not need.needed and words.spare.zh:
        hint = words.spare
    return MaterialNeed(
        role=words.role,
        title=words.title.in_language(language),
        hint=_because(words, need, language) + hint.in_language(language),
        needed=need.needed,
        least=need.least if need.needed else 0,
        profile=need.profile,
        purpose=words.purpose_by_profile.get(need.profile, words.purpose),
        template=words.template,
        sample=words.sample,
    )


_NAMED = 3
"""So many on account of whom something is needed are named."""


def _because(words: MaterialWords, need: Need, language: Language) -> str:
    """Why this form needs the role, before what is to be in the file."""
    if not (need.needed and need.because):
        return ""
    between, more, after = ("、", "等", "") if language == "zh" else (", ", " and others", " ")
    named = {
        name: between.join(all_of[:_NAMED]) + (more if len(all_of) > _NAMED else "")
        for name, all_of in need.because.items()
    }
    return words.because.in_language(language).format(**named) + after


def _with_all_roles(fields: FormFields, needs: Sequence[Need]) -> list[Need]:
    asked = {need.role for need in needs}
    return [*needs, *(Need(role, needed=False) for role in fields.roles() if role not in asked)]


def _asked(field: FieldWords, policy: FormPolicy) -> bool:
    return not field.asked_by_policy or field.name in policy.asks


def _field(field: FieldWords, policy: FormPolicy, language: Language, above: FieldWords | None = None) -> FormField:
    choices = _choices(field, policy, language)
    limit = policy.limits.get(field.name, Limit()) if above is None else Limit()
    group = above if above is not None and above.widget == "group" else None
    return FormField(
        name=field.name,
        label=field.label.in_language(language),
        hint=field.hint.in_language(language),
        hint_for={filer: words.in_language(language) for filer, words in field.hint_for.items()},
        widget=field.widget,
        optional=field.optional or bool(group and group.optional),
        needed_when=_when(field.needed_when or (group.needed_when if group and not field.optional else None), policy),
        width=field.width,
        lines=field.lines,
        unit=field.unit.in_language(language),
        max_length=field.max_length,
        counted=field.counted,
        least=field.least if limit.least is None else limit.least,
        most=field.most if limit.most is None else limit.most,
        choices=choices,
        other=field.other,
        start=field.start,
        start_word=field.start_word.in_language(language),
        none=field.none.in_language(language),
        marked_by=field.marked_by,
        shown_when=_when(field.shown_when, policy),
        asked_when=field.asked_when,
        asked_about=field.asked_about,
        fields=[_field(inner, policy, language, field) for inner in field.inner()],
        row=RowWords(**{name: words.in_language(language) for name, words in field.row}) if field.row else None,
        fixed=field.fixed,
        verified=field.verified,
        hidden=field.hidden or (field.from_policy == "filing_modes" and len(choices) < 2),
        given=field.given,
        beside=field.beside,
        standing=field.standing,
        personal=field.personal,
        transient=field.transient,
        fee=field.fee,
        autocomplete=field.autocomplete,
        keyboard=field.keyboard,
    )


def _when(condition: Condition | None, policy: FormPolicy) -> ShownWhen | None:
    if condition is None:
        return None
    flag = condition.categories
    marked = [code for code, category in policy.categories.items() if flag and getattr(category, flag)]
    return ShownWhen(field=condition.field, values=marked if flag else condition.values)


def _choices(field: FieldWords, policy: FormPolicy, language: Language) -> list[Choice]:
    if field.from_policy == "categories":
        hints = {choice.value: choice.hint.in_language(language) for choice in field.choices}
        return [
            Choice(
                value=code,
                label=category.in_language(language),
                hint=hints.get(code, ""),
                open=policy.open and category.open,
                group=category.head.in_language(language),
            )
            for code, category in policy.categories.items()
        ]
    if field.from_policy == "samples":
        return [_sample(form, field, policy, language) for form in policy.samples]
    choices = [_choice(choice, language) for choice in field.choices]
    if field.from_policy == "filing_modes":
        return [choice for choice in choices if choice.value in policy.filing_modes]
    if field.from_policy == "changes":
        return [choice.model_copy(update={"open": choice.value in policy.changes}) for choice in choices]
    if field.from_policy == "rights":
        known = [choice for choice in choices if choice.value in (*policy.rights, *policy.rights_kept)]
        return [_dealt_in(choice, policy, field.kept.in_language(language)) for choice in known]
    if field.from_policy == "ownership":
        return [_owned(choice, policy) for choice in choices]
    return choices


def _sample(form: SampleForm, field: FieldWords, policy: FormPolicy, language: Language) -> Choice:
    """One form of sample, for the categories that may be given so; the field that it hangs on says the category."""
    words = policy.samples[form]
    categories = [code for code, category in policy.categories.items() if form in category.samples]
    return Choice(
        value=form,
        label=words.in_language(language),
        hint=words.hint.in_language(language),
        shown_when=ShownWhen(field=field.shown_when.field, values=categories) if field.shown_when else None,
    )


def _choice(choice: ChoiceWords, language: Language) -> Choice:
    label, hint = choice.label.in_language(language), choice.hint.in_language(language)
    return Choice(value=choice.value, label=label, hint=hint, filers=choice.filers)


def _dealt_in(choice: Choice, policy: FormPolicy, kept: str) -> Choice:
    """A right that can be dealt in, or one that stays with the author whatever policy opens later."""
    if choice.value in policy.rights:
        return choice
    return choice.model_copy(update={"open": False, "closed_because": kept})


def _owned(choice: Choice, policy: FormPolicy) -> Choice:
    """Whoever files as an agent may choose more than for themselves: then the rules decide."""
    if "agent" in policy.filing_modes and choice.value in policy.ownership["agent"]:
        return choice
    filers = [filer for filer in FILERS if choice.value in policy.ownership[filer]]
    return choice.model_copy(update={"filers": filers, "open": choice.open and bool(filers)})
