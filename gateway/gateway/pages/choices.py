"""What people choose from outside the application forms, and what codes of browsers are called."""

from __future__ import annotations

from flask_babel import gettext as _

Choices = list[tuple[str, str]]


def id_types() -> Choices:
    """Papers that prove who somebody is: code and word, the most usual first."""
    return [
        ("resident_id", _("居民身份证")),
        ("residence_permit", _("港澳台居民居住证")),
        ("hk_macao_permit", _("港澳居民来往内地通行证")),
        ("taiwan_permit", _("台湾居民来往大陆通行证")),
        ("passport", _("护照")),
        ("permanent_resident_card", _("外国人永久居留身份证")),
    ]


def word(choices: Choices, value: str | None) -> str:
    """What a code is called; empty for none."""
    return next((entry[1] for entry in choices if entry[0] == value), value or "")


def device(user_agent: str) -> str:
    """Browser and system of a session, as its owner would call them."""
    browsers = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
    systems = (
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    browser = next((word for mark, word in browsers if mark in user_agent), "")
    system = next((word for mark, word in systems if mark in user_agent), "")
    return " · ".join(filter(None, (browser, system))) or user_agent[:60] or _("未知设备")
