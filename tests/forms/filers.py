"""Who fills in forms: a person and an organisation, each with the API and a browser of their own."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from chassis.testing import staff_actor
from contracts.forms import FormDescription
from flask.testing import FlaskClient
from gateway.forms.described import Described
from gateway.forms.testing import page, sent, templates
from materials.testing.sample_files import encoded, picture
from registry_infra.demo.people import new_applicant
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.author import Author
from tests.one_process import System
from tests.security.test_browser_sessions import form_token, sign_in

PERSON, COMPANY = "王小明", "长江文化有限公司"
"""As the examples of the rules call them."""
PAPERS = ("business_licence", "authorisation_letter", "legal_representative_id")


def credit_code() -> str:
    """A unified social credit code with a right check character (GB 32100)."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = "91110105MA" + "".join(random.choice(alphabet) for _ in range(7))
    total = sum(alphabet.index(letter) * pow(3, place, 31) for place, letter in enumerate(body))
    return body + alphabet[(31 - total % 31) % 31]


@dataclass
class Filer(Author):
    """``called``: the name in the examples that stands for this filer's own."""

    called: str = PERSON
    descriptions: dict[str, Described] = field(default_factory=dict)

    @classmethod
    def person(cls, system: System) -> Filer:
        filer = cls(system, new_applicant(), system.client(), {})
        filer.sign_up()
        filer.verify()
        return filer

    @classmethod
    def organisation(cls, system: System) -> Filer:
        filer = cls(system, new_applicant(), system.client(), {}, called=COMPANY)
        seal = filer.upload(encoded(picture(600, 600, seed=5), "PNG"), "公章.png", "seal")
        company = {"organisation_name": COMPANY, "uscc": credit_code(), "seal_upload_id": seal}
        filer.sign_up(kind="organisation", **company)
        filer.verify(PAPERS)
        return filer

    @cached_property
    def browser(self) -> FlaskClient:
        client = self.system.client(cookies=True)
        assert sign_in(client, self).status_code == 303
        return client

    @cached_property
    def token(self) -> str:
        return form_token(self.browser, "/registration/work")

    def as_staff(self, role: str, name: str = "") -> FlaskClient:
        return self.system.client(self.system.token(staff_actor(role, id=f"acc-{role}{name}")))

    def staff_get(self, role: str, path: str) -> Any:
        answer = self.as_staff(role).get(f"/api/v1{path}")
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def staff_page(self, role: str, path: str) -> str:
        answer = self.as_staff(role).get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def own(self, form: Any) -> Any:
        """An example with this filer in the place of its applicant."""
        name = self.who.name if self.called == PERSON else COMPANY
        return json.loads(json.dumps(form, ensure_ascii=False).replace(self.called, name))

    def described(self, kind: str) -> Described:
        if kind not in self.descriptions:
            found = self.get(f"/forms/{kind}")
            found.pop("json_schema")
            self.descriptions[kind] = Described(FormDescription.model_validate(found))
        return self.descriptions[kind]

    def draft(self, kind: str, form: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = self.post("/applications", {"kind": kind, "form": form})
        return made

    def send_step(self, kind: str, draft: dict[str, Any], step: str, form: dict[str, Any]) -> tuple[Any, TestResponse]:
        """Fills in a step's page as ``form`` has it and sends it; what was entered, and the answer: the page
        to which it leads where something is wrong with what was saved."""
        described = self.described(kind)
        chosen = described.step(step)
        assert chosen is not None
        with templates():
            entries = sent(page(described, form, fields=list(chosen.fields)))
        address = f"/registration/applications/{draft['application_id']}/{step}"
        about = {"csrf_token": self.token, "draft.version": str(draft["version"]), "draft.type": draft["type"]}
        answer = self.browser.post(address, data=MultiDict([*entries.items(multi=True), *about.items()]))
        wrong = answer.status_code == 303 and "check=saved" in answer.location
        return entries, self.browser.get(answer.location) if wrong else answer
