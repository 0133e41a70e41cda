"""The official account: forged, replayed, repeated and hostile messages; and a talk that ends in the office's list."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing import staff_actor
from contracts.identity import HANDLE_WECHAT, ListRecoveries, WechatCallback
from hypothesis import given, settings
from hypothesis import strategies as st
from identity.wechat import codec
from identity.wechat.codec import EnvelopeBroken
from identity.wechat.model import Talk, wish_of
from registry_infra.provider.keys import ProviderKeys, create_provider_keys
from registry_infra.provider.official_account import Platform, Wish, new_message_id

from contracts import identity

pytestmark = pytest.mark.requirement("I-09")
KEY, APPID = secrets.token_bytes(32), "wx0000000000000002"


class Phone:
    """Somebody's WeChat, the platform between, and identity."""

    def __init__(self, office: Any, keys: Path) -> None:
        create_provider_keys(keys / "provider")
        self.office, self.platform = office, Platform(ProviderKeys.load(keys / "provider"), "none")
        self.openid = f"o{secrets.token_hex(10)}"

    def post(self, query: dict[str, str], body: str) -> Any:
        return self.office.call(HANDLE_WECHAT, WechatCallback(method="POST", query=query, body=body))

    def say(self, text: str, **more: Any) -> str:
        return self.platform.open(self.post(*self.platform.request_of(Wish(self.openid, text, **more))).body)

    def new_code(self, contact: str) -> str:
        return str(self.office.code_in(self.office.messages(contact)[0]))


@pytest.fixture
def phone(office: Any) -> Phone:
    return Phone(office, office.harness.runtime.settings.keys_dir)


def listed(office: Any) -> list[Any]:
    return list(office.call(identity.LIST_RECOVERIES, ListRecoveries(), staff_actor("customer_service")).items)


@pytest.mark.parametrize("encrypted", [True, False])
def test_a_talk_ends_in_the_list_of_customer_service(office: Any, phone: Phone, encrypted: bool) -> None:
    mobile = f"137{secrets.randbelow(10**8):08d}"
    assert "手机号" in phone.say("找回 2026Z11S000001", encrypted=encrypted)
    assert "六位" in phone.say(f"{mobile[:3]} {mobile[3:7]} {mobile[7:]}", encrypted=encrypted)
    code = phone.new_code(mobile)
    assert "不对" in phone.say(f"{(int(code) + 1) % 1_000_000:06d}", encrypted=encrypted)
    assert "回执号 ZH" in phone.say(code, encrypted=encrypted)
    (found,) = [item for item in listed(office) if item.contact == mobile]
    assert (found.channel, found.number) == ("wechat", "2026Z11S000001")


def test_the_three_attempts_of_the_platform_are_one(office: Any, phone: Phone) -> None:
    mobile, number = f"136{secrets.randbelow(10**8):08d}", new_message_id()
    phone.say("找回 2026Z11S000002")
    answers = {phone.say(mobile, message_id=number) for _ in range(3)}
    assert len(answers) == 1
    assert len(office.messages(mobile)) == 1, "one code"
    code, number = phone.new_code(mobile), new_message_id()
    with ThreadPoolExecutor(3) as pool:
        answers = set(pool.map(lambda _: phone.say(code, message_id=number), range(3)))
    assert len(answers) == 1
    assert "回执号" in answers.pop()
    assert len([item for item in listed(office) if item.contact == mobile]) == 1


def test_the_address_is_verified_by_its_echo(office: Any, phone: Phone) -> None:
    asked = WechatCallback(method="GET", query=phone.platform.echo_query("5927782489442352469"))
    assert office.call(HANDLE_WECHAT, asked).body == "5927782489442352469"
    with pytest.raises(Problem, match="callback_invalid"):
        office.call(HANDLE_WECHAT, WechatCallback(method="GET", query=phone.platform.echo_query("1", forged=True)))


@pytest.mark.parametrize("encrypted", [True, False])
def test_forged_stale_and_replayed_messages_are_refused(phone: Phone, encrypted: bool) -> None:
    for wrong, code in (
        ({"forged": True}, "callback_invalid"),
        ({"age": 301}, "callback_stale"),
        ({"age": -301}, "callback_stale"),
    ):
        with pytest.raises(Problem, match=code):
            phone.say("找回 1", encrypted=encrypted, **wrong)
    phone.say("找回 1", encrypted=encrypted, nonce="used")
    with pytest.raises(Problem, match="callback_stale"):
        phone.say("找回 2", encrypted=encrypted, nonce="used")


def test_a_signature_covers_the_ciphertext(phone: Phone) -> None:
    query, body = phone.platform.request_of(Wish(phone.openid, "找回 1"))
    _other, swapped = phone.platform.request_of(Wish(phone.openid, "找回 2"))
    with pytest.raises(Problem, match="callback_invalid"):
        phone.post(query, swapped)
    with pytest.raises(Problem, match="callback_invalid"):
        phone.post(query | {"nonce": ""}, body)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no xml",
        "<xml>",
        "<html></html>",
        "<xml><MsgType>text</MsgType></xml>",
        "<xml><a><b>deep</b></a></xml>",
        "<xml><FromUserName>a</FromUserName><FromUserName>b</FromUserName></xml>",
        '<!DOCTYPE xml [<!ENTITY a "b">]><xml><Content>&a;</Content></xml>',
        '<!DOCTYPE xml SYSTEM "file:///etc/passwd"><xml><Content>x</Content></xml>',
        "<xml>" + "".join(f"<f{n}>1</f{n}>" for n in range(100)) + "</xml>",
        "<xml><Content>\0</Content></xml>",
    ],
)
def test_hostile_documents_are_refused_as_one(phone: Phone, body: str) -> None:
    query, _body = phone.platform.request_of(Wish(phone.openid, "", encrypted=False))
    with pytest.raises(Problem, match=r"callback_invalid|request_invalid"):
        phone.post(query, body)


def test_a_talk_is_forgotten_and_everything_else_is_helped(phone: Phone, later: Callable[..., None]) -> None:
    for text in ("你好", "找回", "13800000000", "123456", "<script>", "找回 <script>1</script>", "x" * 3000):
        assert "找回账号请发送" in phone.say(text), text
    assert phone.say("", kind="image") == "success"
    assert "mobile number" in phone.say("recover 2026Z11S000003")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("找回 2026Z11S000001", "2026Z11S000001"),
        ("找回：2026Z11S000001", "2026Z11S000001"),
        ("账号找回2026Z11S000001", "2026Z11S000001"),
        ("我要找回账号 国作登字-2026-A-00000001", "国作登字-2026-A-00000001"),
        ("帳號找回　123456", "123456"),
        ("Recover account 2026SR0000001", "2026SR0000001"),
    ],
)
def test_ways_to_say_it(text: str, number: str) -> None:
    assert wish_of(text, Talk()) == ("number", number)


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_what_is_encrypted_is_opened_again(message: str) -> None:
    plain = message.encode("utf-8", "ignore").decode()
    assert codec.decrypt(KEY, APPID, codec.encrypt(KEY, APPID, plain)) == plain
    with pytest.raises(EnvelopeBroken):
        codec.decrypt(KEY, "wx-another", codec.encrypt(KEY, APPID, plain))


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_no_bytes_break_the_reader(data: bytes) -> None:
    text = data.decode("latin-1")
    for read in (codec.fields_of, lambda found: codec.decrypt(KEY, APPID, found)):
        try:
            read(text)
        except EnvelopeBroken:
            continue
