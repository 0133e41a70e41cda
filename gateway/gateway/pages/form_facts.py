"""An application form in words: labels and values in the order of the paper form, for those who read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from gateway.pages import choices
from gateway.web.languages import language, legal_date


@dataclass(frozen=True)
class Fact:
    """One line: ``field`` is the form's own name, which defects point to."""

    field: str
    label: str
    value: str


def field_words() -> dict[str, str]:
    """What each top-level field is called."""
    return {
        "title": _("作品名称"),
        "category": _("作品类别"),
        "category_note": _("类别说明"),
        "creation_nature": _("创作性质"),
        "source_licence": _("原作品授权"),
        "completion_date": _("创作完成日期"),
        "completion_place": _("创作完成地点"),
        "publication": _("发表状态"),
        "publication_date": _("首次发表日期"),
        "publication_place": _("首次发表地点"),
        "composition": _("单个或系列"),
        "parts": _("分件名称"),
        "word_count": _("字数"),
        "authors": _("作者"),
        "owners": _("著作权人"),
        "acquisition": _("权利取得方式"),
        "ownership": _("权利归属方式"),
        "rights_scope": _("权利拥有状况"),
        "rights": _("权利种类"),
        "description": _("作品说明书"),
        "filing_mode": _("申请方式"),
        "collection": _("领取方式"),
        "contact": _("联系方式"),
    }


def form_facts(form: Mapping[str, Any], categories: Mapping[str, str]) -> list[Fact]:
    """Every field that says something. ``categories`` are the words of category codes."""
    words = field_words()
    facts = [Fact(name, label, shown(name, form.get(name), categories)) for name, label in words.items()]
    return [fact for fact in facts if fact.value]


def shown(name: str, value: Any, categories: Mapping[str, str]) -> str:
    """One field's value in words, lists and groups with a line each."""
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, str) and name in ("authors", "owners", "description", "contact", "completion_place"):
        return value  # one part of it
    if name == "category":
        return f"{value} {categories.get(value, '')}".strip()
    if name in _CHOICES:
        return choices.word(_CHOICES[name](), value)
    if name in ("completion_date", "publication_date"):
        return _day(value)
    if name in ("completion_place", "publication_place"):
        return " ".join(part for part in (value.get("country"), value.get("province"), value.get("city")) if part)
    if name == "parts":
        return "\n".join(value)
    if name == "authors":
        return "\n".join(_author(author) for author in value)
    if name == "owners":
        return "\n".join(_owner(owner) for owner in value)
    if name == "rights":
        return ("、" if language() == "zh" else ", ").join(choices.word(choices.rights(), right) for right in value)
    if name == "description":
        return _description(value)
    if name == "contact":
        return "\n".join(str(part) for part in value.values() if part)
    return str(value)


_CHOICES: Mapping[str, Any] = {
    "creation_nature": choices.creation_natures,
    "publication": choices.publications,
    "composition": choices.compositions,
    "acquisition": choices.acquisitions,
    "ownership": choices.ownerships,
    "rights_scope": choices.rights_scopes,
    "filing_mode": lambda: [("applicant", _("著作权人自己办理")), ("agent", _("代理人办理"))],
    "collection": lambda: [("electronic", _("下载电子证书")), ("ems", _("邮寄纸质证书"))],
}


def _day(value: Any) -> str:
    return legal_date(date.fromisoformat(value) if isinstance(value, str) else value)


def _author(author: Mapping[str, Any]) -> str:
    signed = author.get("signed_as", "real_name")
    if signed == "real_name":
        return str(author.get("name", ""))
    how = choices.word(choices.signed_as(), signed)
    return f"{author.get('name', '')}（{how}{'：' + author['pseudonym'] if author.get('pseudonym') else ''}）"


def _owner(owner: Mapping[str, Any]) -> str:
    kinds, papers = choices.owner_kinds(), choices.owner_id_types()
    parts = [
        str(owner.get("name", "")),
        choices.word(kinds, owner.get("kind")),
        " ".join(part for part in (owner.get("nationality"), owner.get("province"), owner.get("city")) if part),
        " ".join(
            part for part in (choices.word(papers, owner.get("id_type")), owner.get("masked_id_number", "")) if part
        ),
    ]
    if owner.get("applicant"):
        parts.append(_("申请人"))
    return " · ".join(part for part in parts if part)


def _description(value: Mapping[str, Any]) -> str:
    titles = {"purpose": _("创作目的"), "process": _("创作过程"), "originality": _("独创性")}
    return "\n\n".join(f"【{title}】\n{value[part]}" for part, title in titles.items() if value.get(part))
