"""表单: what each form asks for, as a description and as JSON Schema, and checking one without filing it."""

from __future__ import annotations

from typing import Any

from chassis.errors import FieldError, Problem
from contracts.base import ANONYMOUS
from contracts.filing import CHECK_FORM, DESCRIBE_FORM, CheckForm, DescribeForm
from contracts.forms import REGISTRATIONS, FilingType, FormData, FormDescription, Kind
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field

from gateway.forms.descriptions import TYPES
from gateway.forms.schema import form_schema
from gateway.web.api import ApiGroup
from gateway.web.calls import call
from gateway.web.languages import language
from gateway.web.problems import field_message

routes = ApiGroup("forms", _l("表单"))


class DescribedForm(FormDescription):
    """A form's description with the JSON Schema of what is sent as ``form``."""

    json_schema: dict[str, Any] = Field(default={}, description="JSON Schema 2020-12; empty for a form unknown here")


class FormToCheck(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Kind | None = None
    type: FilingType | None = None
    form: FormData


class FormNote(BaseModel):
    field: str
    code: str
    severity: str
    message: str


class FormNotes(BaseModel):
    problems: list[FormNote]


@routes.get(
    "/forms/<form_type>",
    _l("表单说明：步骤、栏目、选项、条件、材料与时限"),
    access=ANONYMOUS,
    reply=DescribedForm,
    problems=("not_found",),
)
def describe_form(form_type: str) -> DescribedForm:
    """By filing type (``work_registration`` …), or by kind (``work``, ``software``) what is registered first."""
    described = call(DESCRIBE_FORM, DescribeForm(type=_type(form_type), language=language()))
    return DescribedForm(**dict(described), json_schema=form_schema(described))


@routes.post("/form-checks", _l("检查一份表单"), access=ANONYMOUS, body=FormToCheck, reply=FormNotes)
def check_form(body: FormToCheck) -> FormNotes:
    """The rules of submission, without changing anything. By ``kind``, what is registered first, or by ``type``."""
    if (body.kind is None) == (body.type is None):
        raise Problem("request_invalid", errors=[FieldError("kind", "required")])
    asked = CheckForm(type=body.type or REGISTRATIONS[body.kind or "work"], form=body.form, language=language())
    return FormNotes(
        problems=[
            FormNote(
                field=item.field,
                code=item.code,
                severity=item.severity,
                message=field_message(FieldError(item.field, item.code, item.params), language()),
            )
            for item in call(CHECK_FORM, asked).problems
        ]
    )


def _type(name: str) -> FilingType:
    found = next((named for kind, named in REGISTRATIONS.items() if name == kind), None)
    found = found or next((named for named in TYPES if name == named), None)
    if found is None:
        raise Problem("not_found")
    return found
