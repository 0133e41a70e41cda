"""Another filing type is another room and nothing else: this one is made by the test, in a folder of its own."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chassis.errors import Problem
from filing.drafts import handlers as drafts
from filing.forms import pinned
from filing.forms.policy import Policies, policies
from filing.types import TYPES

from contracts import filing

ROOM = {
    "__init__.py": '''
"""Teapots."""

from contracts.base import Model

from filing.forms.fields import fields_beside
from filing.types.filing_type import FilingType
from teapot_registration import effects, materials, rules
from teapot_registration.form import TeapotForm

TEAPOT_REGISTRATION: FilingType[TeapotForm] = FilingType(
    name="software_registration",
    kind="software",
    department="茶壶部",
    form=TeapotForm,
    fields=fields_beside(__name__),
    begin=lambda data, applicant: {"potter": applicant.name, **data},
    with_applicant=lambda form, applicant: form,
    check=rules.check,
    materials=materials.needs,
    title=lambda form: form.name,
    subject=lambda form, policy: "",
    printed=lambda form: [("name", form["name"])],
    fee_basis=effects.fee_basis,
    declaration_title="茶壶声明书",
    declaration=lambda form, policy: {},
    entry=effects.entry,
)
''',
    "form.py": """
from typing import Annotated, Literal

from contracts.base import Model
from contracts.text import Line


class TeapotForm(Model):
    name: Annotated[str, Line(100)] = ""
    clay: Literal["red", "purple"] | None = None
    potter: Annotated[str, Line(100)] = ""
""",
    "rules.py": """
from contracts.filing import FieldProblem


def check(form, situation):
    if not form.name:
        yield FieldProblem(field="name", code="required")
    if form.clay is None:
        yield FieldProblem(field="clay", code="required")
""",
    "materials.py": """
from filing.forms.model import Need


def needs(form, policy):
    return [Need("picture", needed=form.clay == "purple", profile="artwork_image")]
""",
    "effects.py": """
from filing.types.filing_type import RegisterEntry


def fee_basis(form, policy, applicant_kind):
    return {"kind": "software", "form_code": policy.code, "applicant_kind": applicant_kind}


def entry(form):
    return RegisterEntry(form.model_dump(mode="json"), [{"name": form.potter}])
""",
    "fields.toml": """
title_field = "name"

[[step]]
name = "teapot"
title = { zh = "茶壶", en = "The teapot" }

[[step.fields]]
name = "name"
label = { zh = "壶名", en = "Name" }
widget = "text"
max_length = 100

[[step.fields]]
name = "clay"
label = { zh = "泥料", en = "Clay" }
widget = "radio"
fee = true
choices = [
  { value = "red", label = { zh = "朱泥", en = "Red" } },
  { value = "purple", label = { zh = "紫泥", en = "Purple" } },
]

[[step.fields]]
name = "potter"
label = { zh = "制壶人", en = "Potter" }
widget = "text"
personal = true

[[step]]
name = "files"
kind = "materials"
title = { zh = "材料", en = "Files" }

[[material]]
role = "picture"
title = { zh = "照片", en = "Picture" }
purpose = "material"
sample = true
""",
}


@pytest.fixture
def teapots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The room, known to TYPES; its policy, that of works, is open."""
    folder = tmp_path / "teapot_registration"
    folder.mkdir()
    for name, text in ROOM.items():
        folder.joinpath(name).write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(
        TYPES, "software_registration", importlib.import_module("teapot_registration").TEAPOT_REGISTRATION
    )
    works = next(policy for policy in policies().form if policy.type == "work_registration")
    policy = works.model_copy(update={"type": "software_registration", "code": "T11"})
    open_to_teapots = Policies(office=policies().office, form=[policy])
    for module in (drafts, pinned):
        monkeypatch.setattr(module, "policies", lambda: open_to_teapots)
    yield
    for name in [name for name in sys.modules if name.split(".")[0] == "teapot_registration"]:
        del sys.modules[name]


def _codes(report: filing.FormReport) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in report.problems]


@pytest.mark.requirement("F-01")
@pytest.mark.usefixtures("teapots")
def test_a_type_is_one_room(office: Any) -> None:
    described = office.call(filing.DESCRIBE_FORM, office.applicant, type="software_registration", language="en")
    assert [field.label for field in described.steps[0].fields] == ["Name", "Clay", "Potter"]
    assert (described.form_code, described.title_field) == ("T11", "name")
    assert [(need.role, need.needed) for need in described.materials] == [("picture", False)]

    checked = office.call(filing.CHECK_FORM, office.applicant, type="software_registration", form={"clay": "purple"})
    assert _codes(checked) == [("name", "required")]
    assert [(need.role, need.needed) for need in checked.needs] == [("picture", True)]

    draft = office.call(filing.CREATE_APPLICATION, office.applicant, type="software_registration", form={})
    assert (draft.kind, draft.form["potter"], draft.title) == ("software", "王小明", "")
    assert _codes(draft.report) == [("name", "required"), ("clay", "required")]
    saved = office.call(
        filing.SAVE_APPLICATION,
        office.applicant,
        application_id=draft.application_id,
        version=draft.version,
        form={"name": "西施壶", "clay": "purple"},
        language="en",
    )
    assert (saved.title, _codes(saved.report)) == ("西施壶", [("materials.picture", "material_missing")])
    assert saved.report.needs[0].title == "Picture"
    with pytest.raises(Problem, match="material_role_invalid"):
        office.attach(draft.application_id, role="sample")
    picture = office.attach(draft.application_id, role="picture", file_name="壶.png")
    assert picture.precheck.profile == "artwork_image"
    office.finish_checks()
    ready = office.view(draft.application_id)
    assert _codes(ready.report) == []
