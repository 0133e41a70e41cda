"""People who do everything that takes a secret or an identity in, right and wrong, and a list of what they gave."""

from __future__ import annotations

import contextlib
import secrets
import socket
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
from materials.testing.sample_files import encrypted_pdf, numbered_pdf
from registry_infra.demo.people import Applicant, new_applicant
from registry_infra.portal import Portal, Refused, newest_code

from tests.agreed import FACE
from tests.journeys.people import IMAGES, Person, decide
from tests.journeys.test_materials import finished
from tests.journeys.test_organisation import Organisation
from tests.security.conftest import TOKEN
from tests.security.needles import Needle, photograph
from tests.staff import Staff

_RARE = "澹泓珺璟晖琮旻煦蓁笙筠翊翰臻荃菡蔚蕤衍諴谌赟跞遒邈鄢醴铉锴霁霏韫颉飏骞鹄麓黻"


def unheard_of() -> Applicant:
    """With a name and a password that nobody else in the system has."""
    name = "欧阳" + "".join(secrets.choice(_RARE) for _ in range(3))
    return replace(new_applicant(), name=name, password=f"Qx7!{secrets.token_urlsafe(12)}z9")


@dataclass
class Given:
    """What went in. ``secrets`` may be nowhere, ``identities`` (names, mobiles, addresses) where it is argued."""

    secrets: list[Needle] = field(default_factory=list)
    identities: dict[str, list[Needle]] = field(default_factory=dict)
    papers: list[Needle] = field(default_factory=list)

    def secret(self, what: str, value: str) -> str:
        self.secrets.append(Needle(what, value))
        return value

    def identity(self, kind: str, value: str) -> str:
        self.identities.setdefault(kind, []).append(Needle(kind, value))
        return value

    def person(self, who: Applicant) -> None:
        self.secret("password", who.password)
        self.secret("ID number", who.id_number)
        self.identity("name", who.name)
        self.identity("mobile", who.mobile)


class Watched(Person):
    """A person whose codes and tokens are noted."""

    given: Given

    def code(self, purpose: str) -> str:
        return self.given.secret(f"code to {purpose}", super().code(purpose))

    def send_images(self) -> str:
        self.me.post("/consents", FACE)
        sent = {}
        for role, draw in IMAGES.items():
            data = draw(self.who)  # with other grain each time
            self.given.papers += photograph(role, data)
            sent[role] = self.me.upload(data, f"{role}.jpg", "id_image")
        return str(self.me.post("/verifications", sent)["verification_id"])

    def sign_in(self) -> Person:
        for wrong in ("Wrong-" + secrets.token_urlsafe(9), self.who.password[::-1]):
            self.given.secret("wrong password", wrong)
            refused(self.visitor, "/sessions", {"login": self.who.mobile, "password": wrong})
        names = {"login": self.who.mobile, "password": self.who.password, "device_token": ""}
        tokens = self.visitor.post("/sessions", names)
        self.given.secret("refresh token", tokens["refresh_token"])
        self.given.secret("device token", tokens["device_token"])
        self.given.secret("signature of an access token", tokens["access_token"].rpartition(".")[2])
        return super().sign_in()

    def wrong_code(self, path: str, body: dict[str, Any], portal: Portal) -> None:
        wrong = self.given.secret("wrong code", f"{secrets.randbelow(10**6):06d}")
        refused(portal, path, body | {"otp": wrong})


class WatchedOrganisation(Watched, Organisation):
    """The same for an organisation's operator, whose papers are drawn alike for all tests."""

    send_images = Organisation.send_images


def refused(portal: Portal, path: str, body: Any) -> str:
    try:
        portal.post(path, body)
    except Refused as problem:
        return problem.code
    raise AssertionError(f"{path} was to be refused")


def live(visitor: Portal, staff: Staff) -> Given:
    """Everything that this module is about; takes some seconds on a system that runs."""
    given = Given()
    person, company = Watched(visitor, staff, unheard_of()), WatchedOrganisation(visitor, staff, unheard_of())
    for one in (person, company):
        one.given = given
        given.person(one.who)
        _sign_up(one)
    _sign_up_again(person)
    _mistype(person)
    _repair(person)
    _browse(person)
    approved = person.accepted_with_paper(title="查无痕迹的书")
    _examine(staff, approved, "approve")
    rejected = _file_with_wrong_code(company)
    _examine(staff, rejected, "refuse", reason="样本不是作品。")
    person.wait_until(approved, "certificate_document_id")
    _staff_secrets(visitor, given)
    _change_address(person)
    _leave(person)
    return given


def _sign_up(person: Watched) -> None:
    person.wrong_code("/accounts", person.entry(), person.visitor)
    person.sign_up()
    person.verify()


def _sign_up_again(person: Watched) -> None:
    """With an ID number that is taken, then with a mobile: the database refuses, and says why."""
    code = person.code("sign_up")
    other = person.given.secret("ID number", new_applicant().id_number)
    for taken in (person.who.id_number, other):
        refused(person.visitor, "/accounts", person.entry(otp=code, id_number=taken))


def _mistype(person: Watched) -> None:
    """The wrong thing in the wrong field, too long, of the wrong type, in no JSON at all."""
    given, visitor, who = person.given, person.visitor, person.who
    odd = given.secret("password with odd characters", f"p\u00e4ss\u2603{secrets.token_hex(6)}")
    long = given.secret("password that is too long", secrets.token_hex(8)) * 40
    for body in (
        {"login": who.id_number, "password": who.password},
        {"login": who.password, "password": who.mobile},
        {"login": who.mobile, "password": long},
        {"login": [who.id_number], "password": {"is": who.password}},
        {"login": who.mobile, "password": odd},
        {"login": who.mobile, "password": who.password, "unknown": who.id_number},
        {"login": f"{who.mobile}\0", "password": who.password},
    ):
        refused(visitor, "/sessions", body)
    for broken in (f'{{"password": "{who.password}"', f"password={who.password}&id_number={who.id_number}"):
        visitor.send("POST", "/sessions", content=broken.encode(), headers={"Content-Type": "application/json"})
    _send_raw(visitor.url, who)
    visitor.send("POST", "/accounts", person.entry(id_number=who.id_number + "\ud800\0"[1:], kind="neither"))
    visitor.send("GET", f"/progress/{who.id_number}")
    visitor.send("GET", f"/sandbox/messages?to={who.id_number}&password={who.password}")
    Portal(visitor.url, f"eyJ.{who.password}.x").send("GET", "/me")


def _send_raw(url: str, who: Applicant) -> None:
    """What no server takes for a request: a body that is longer than it says, odd methods, headers and chunks."""
    host, port = url.removeprefix("http://").split(":")
    length = "Content-Length: 2"
    for lines in (
        (
            "POST /api/v1/sessions HTTP/1.1",
            length,
            "",
            f'{{}}{{"password": "{who.password}", "id": "{who.id_number}"}}',
            "",
        ),
        (f"{who.password} /{who.id_number} HTTP/1.1", "", ""),
        (f"GET /{who.id_number}?password={who.password}", "", ""),
        ("GET / HTTP/1.1", f"Password {who.password}: {who.id_number}", "", ""),
        ("POST / HTTP/1.1", f"Transfer-Encoding: {who.password}", "", ""),
        ("POST / HTTP/1.1", "Transfer-Encoding: chunked", "", who.password, who.id_number, ""),
    ):
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall("\r\n".join((lines[0], "Host: registry", *lines[1:])).encode())
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass


def _repair(person: Watched) -> None:
    """An encrypted PDF, opened with a wrong and then with the right password."""
    right, wrong = (person.given.secret("password of a PDF", secrets.token_urlsafe(12)) for _ in range(2))
    check = person.attach(person.draft(), encrypted_pdf(right, secrets.token_urlsafe(12)), "诗集.pdf")
    path = f"/prechecks/{check['precheck_id']}/repairs"
    for password, state in ((wrong, "failed"), (right, "done")):
        body = {"fix": ["pdf_needs_password"], "options": {"password": password}}
        assert finished(person.me, person.me.post(path, body))["state"] == state


def _browse(person: Watched) -> None:
    """Signs in with a browser, whose cookie opens a session."""
    with httpx.Client(base_url=person.visitor.url, follow_redirects=True) as browser:
        token = TOKEN.search(browser.get("/sign-in").text)
        assert token is not None
        names = {"login": person.who.mobile, "password": person.who.password, "csrf_token": token[1]}
        assert browser.post("/sign-in", data=names).status_code == 200
        for cookie in browser.cookies.values():
            person.given.secret("cookie", cookie)


def _file_with_wrong_code(company: Watched) -> str:
    application_id = company.draft(title="查无痕迹的丛刊")
    company.attach(application_id, numbered_pdf(20))
    company.attach(application_id, numbered_pdf(2), "法人作品声明.pdf", "corporate_statement")
    company.declare(application_id)
    code = company.code("sign")
    company.wrong_code(f"/applications/{application_id}/submission", {}, company.me)
    filed = company.me.post(f"/applications/{application_id}/submission", {"otp": code})
    company.pay(application_id)
    company.staff("intake").post("/staff/paper-receipts", {"serial_number": filed["serial_number"]})
    return application_id


def _examine(staff: Staff, application_id: str, decision: str, **details: Any) -> None:
    """A refusal takes two examiners."""
    for number in range(2 if decision == "refuse" else 1):
        examiner = staff("examiner", number)
        examiner.post(f"/staff/examinations/{application_id}/claim", {"reason": "由测试领取"})
        decide(examiner, application_id, decision, **details)


def _staff_secrets(visitor: Portal, given: Given) -> None:
    for account in visitor.get("/sandbox/staff")["items"]:
        given.secret("password of staff", account["password"])
        given.secret("TOTP code", account["totp"])
        wrong = {"login": account["login"], "password": account["password"], "totp": "000001"}
        with contextlib.suppress(Refused):
            visitor.post("/sessions", wrong)
        break  # one is enough, and its count of wrong codes is far from a lock


def _change_address(person: Watched) -> None:
    """By the page, which is where one changes it."""
    address = person.given.identity("e-mail address", f"{secrets.token_hex(6)}@example.org")
    with httpx.Client(base_url=person.visitor.url, follow_redirects=True) as browser:

        def post(path: str, **fields: str) -> None:
            token = TOKEN.search(browser.get("/sign-in").text or "") or TOKEN.search(
                browser.get("/account/sessions").text
            )
            assert token is not None
            assert browser.post(path, data=fields | {"csrf_token": token[1]}).status_code == 200

        post("/sign-in", login=person.who.mobile, password=person.who.password)
        post("/account/email", email=address)
        post(
            "/account/email/confirmation",
            otp=person.given.secret("code to e-mail", newest_code(person.visitor, address)),
        )


def _leave(person: Watched) -> None:
    """A refresh token that was used, and then comes again; and out everywhere."""
    names = {"login": person.who.mobile, "password": person.who.password}
    first = person.visitor.post("/sessions", names)
    for _ in range(2):
        following = person.visitor.post("/sessions/refresh", {"refresh_token": first["refresh_token"]})
        person.given.secret("refresh token", following["refresh_token"])
        first = following
    person.given.secret("unknown refresh token", unknown := secrets.token_urlsafe(32))
    refused(person.visitor, "/sessions/refresh", {"refresh_token": unknown})
    person.me.call("DELETE", "/sessions")
