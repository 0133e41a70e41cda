"""服务指南: what each kind of registration needs, costs and takes. Fees and periods are those in force today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chassis.errors import Problem
from contracts.base import Empty
from contracts.expedite import OFFER_EXPEDITE
from contracts.filing import CHECK_FORM, CheckForm
from contracts.forms import REGISTRATIONS, Choice, FormDescription, Kind, MaterialNeed
from contracts.guides import GUIDE_WORDS, AskGuideWords
from contracts.payment import TARIFF, Tariff, TariffLine
from flask_babel import lazy_gettext as _l

from gateway.forms.descriptions import describe
from gateway.laws import laws
from gateway.web.calls import call
from gateway.web.languages import language

Facts = Callable[[], dict[str, Any]]


def _policy(kind: Kind = "work") -> dict[str, Any]:
    """What the form asks for today; None while it cannot be filed here or filing does not answer: the guide
    stands without it."""
    return {"policy": _or_nothing(lambda: describe(REGISTRATIONS[kind]).description)}


def _paper() -> dict[str, Any]:
    """The address, and what each kind of registration asks for on paper."""
    forms = [_policy(kind)["policy"] for kind in REGISTRATIONS]
    return _policy() | {"forms": [form for form in forms if form and form.paper_required and form.paper]}


def _clocks() -> dict[str, Any]:
    """The periods of each kind of registration, and what is promised to who has theirs expedited."""
    forms = [_policy(kind)["policy"] for kind in REGISTRATIONS]
    offer = _or_nothing(lambda: call(OFFER_EXPEDITE, Empty()))
    return {"forms": [form for form in forms if form], "tiers": offer.items if offer else []}


def _fees(*codes: str, kind: Kind = "work") -> Facts:
    """The policy, and the tariff's lines with these codes (all of them without any)."""

    def facts() -> dict[str, Any]:
        tariff = _or_nothing(lambda: call(TARIFF, Empty()))
        return _policy(kind) | {"tariff": tariff, "fees": _lines(tariff, codes) if tariff else []}

    return facts


def _lines(tariff: Tariff, codes: tuple[str, ...]) -> list[TariffLine]:
    if not codes:
        return tariff.lines
    by_code = {line.code: line for line in tariff.lines}
    return [by_code[code] for code in codes if code in by_code]


def _or_nothing(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except Problem as problem:
        if problem.status < 500 and problem.code != "kind_not_open":
            raise
        return None


def own_words(place: str) -> dict[str, str]:
    """What the office has written beside a guide for today, by section, as Markdown in the reader's language; nothing
    where filing does not answer."""
    found = _or_nothing(lambda: call(GUIDE_WORDS, AskGuideWords(place=place)))
    return {words.section: words.en if language() == "en" else words.zh for words in found.items} if found else {}


def _nothing() -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Guide:
    """One page of ``templates/guides/``; ``facts`` gives what it shows of services."""

    name: str
    title: object
    summary: object
    facts: Facts = _nothing


@dataclass(frozen=True)
class Category:
    """One choice of what an application begins with (a work's category): what has to be brought for it.

    ``samples``: the other forms in which the sample may be given; ``proofs``: files that depend on who owns the work.
    """

    choice: Choice
    policy: FormDescription
    needs: list[MaterialNeed]
    samples: list[Choice]
    proofs: list[MaterialNeed]


def category(value: str) -> Category | None:
    """As filing describes it today; None for one that it does not know. Raises the problems of its calls."""
    described = describe(REGISTRATIONS["work"])
    begins = described.field(described.description.begins_with)
    choice = next((one for one in begins.choices if one.value == value), None) if begins else None
    if begins is None or choice is None:
        return None
    asked = CheckForm(type=described.description.type, form={begins.name: value}, language=language())
    needs = call(CHECK_FORM, asked).needs
    fields = [field for step in described.steps for field in step.fields]
    offered = (one for field in fields for one in field.choices)
    samples = [one for one in offered if one.shown_when and value in one.shown_when.values]
    proofs = [need for need in described.description.materials if need.template]
    return Category(choice, described.description, needs, samples if len(samples) > 1 else [], proofs)


TEXT_FEES = ("text_individual", "text_100", "text_5000", "text_10000", "text_longer", "series")
GUIDES = (
    Guide(
        "text-work", _l("文字作品登记"), _l("小说、散文、论文、教材、剧本等以文字形式表现的作品。"), _fees(*TEXT_FEES)
    ),
    Guide("works", _l("各类作品登记"), _l("音乐、戏剧、舞蹈、建筑、视听、图纸、地图等每一类作品要交什么。"), _policy),
    Guide("artwork", _l("美术作品登记"), _l("绘画、书法、雕塑、设计图案等造型艺术作品。"), _fees("fine_art", "series")),
    Guide("photograph", _l("摄影作品登记"), _l("照片；从相机直接导出的原图最好。"), _fees("photograph", "series")),
    Guide(
        "software",
        _l("计算机软件著作权登记"),
        _l("程序和文档：鉴别材料怎么准备，名称与版本号怎么写。"),
        _fees("software", "software_individual", "software_document", "software_exceptional_deposit", kind="software"),
    ),
    Guide("fees", _l("收费标准"), _l("今天执行的各类收费，以及怎样缴费。"), _fees()),
    Guide("clocks", _l("办理时限"), _l("受理、审查、补正的法定期限与计算办法。"), _clocks),
    Guide("laws", _l("政策法规"), _l("登记依据的法律、法规和规章，每一条用在哪里。"), lambda: {"laws": laws()}),
    Guide("real-name", _l("实名认证"), _l("个人与单位的认证材料、照片要求与办理时限。")),
    Guide("upload-help", _l("材料上传与预检"), _l("上传失败怎么办，文件格式与大小要求，断点续传。")),
    Guide("paper", _l("纸质材料"), _l("寄哪些材料，封面页、邮寄地址与大厅递交，收到之后会怎样。"), _paper),
    Guide("query", _l("进度与证书查询"), _l("受理号、登记号从哪里找，查不到怎么办。")),
)
