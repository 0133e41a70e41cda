"""Whose identity is verified on a newer account is led to join the old one to it, not to a verification in vain."""

from __future__ import annotations

import hashlib

import pytest
from contracts.legacy import ACCOUNTS, account_record
from identity.legacy import store as legacy
from identity.legacy.model import line_of
from identity.sealing import vault
from registry_infra.demo.people import new_applicant

from tests.author import Author
from tests.one_process import System

pytestmark = [pytest.mark.requirement("I-04"), pytest.mark.requirement("L-03")]

LOGIN, PASSWORD, MOBILE = "lao.zhanghao", "old-1-password", "13800000009"


def import_account(system: System, **changes: str) -> None:
    """An old account that nobody has come for."""
    facts = dict.fromkeys(ACCOUNTS.fields, "") | {
        "login": LOGIN,
        "salt": "s001",
        "password_md5": hashlib.md5(f"s001{PASSWORD}".encode()).hexdigest(),  # noqa: S324 - as the old system did
        "kind": "natural_person",
        "id_type": "resident_id",
        "mobile": MOBILE,
        "email": "old@example.com",
        "verification": "approved",
    }
    with system.services["identity"].uow() as uow:
        values = tuple((facts | changes).values())
        legacy.load(uow.session, [line_of("imp-elsewhere", (1, account_record(LOGIN), values), vault(uow.settings))])


def test_the_old_account_of_somebody_who_is_verified_here_leads_to_joining(system: System) -> None:
    author = Author(system, new_applicant(), system.client(), {})
    author.sign_up()
    author.verify()
    import_account(system, name=author.who.name, id_number=author.who.id_number)
    tokens = author.post("/sessions", {"login": LOGIN, "password": PASSWORD})
    old = system.client(tokens["access_token"])
    for path in ("/account", "/account/verification", "/account/history/old", "/registration/software"):
        page = old.get(path).text
        if path != "/registration/software":
            assert "这个身份已经在另一个账号上通过实名认证" in page, path
            assert "/account/history/old#link" in page, path
        assert "去认证" not in page, path
        for untold in (author.who.mobile, author.who.mobile[-4:], author.ids["account_id"]):
            assert untold not in page, path
    joined = " ".join(old.get("/account/history/old").text.split())
    brought, _, rest = joined.partition("转入时需要重新提供或办理：")
    assert "已转入：姓名、证件号码、电子邮箱" in brought
    assert rest.startswith("手机号、确认电子邮箱")
    assert "旧系统没有要求" not in joined
    assert "不能直接沿用" in joined

    other = new_applicant()
    stranger = Author(system, other, system.client(), {})
    stranger.sign_up()
    assert "去认证" in stranger.me.get("/account").text
