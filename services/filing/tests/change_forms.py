"""Forms of changes, whole ones and every way to break them: what is changed in a whole one, and what is found then."""

from __future__ import annotations

from typing import Any

Found = set[tuple[str, str]]
Broken = list[tuple[dict[str, Any], Found]]


def registered(kind: str = "work", **changes: Any) -> dict[str, Any]:
    """As the register says it: of a person's unpublished work, or of an organisation's software."""
    common = {
        "kind": kind,
        "record": 1,
        "status": "valid",
        "completion_date": "2026-03-01",
        "registered_on": "2026-05-01",
    }
    work = {
        "registration_number": "国作登字-2026-A-00000045",
        "title": "长江边的石头",
        "category": "A",
        "authors": [
            {"name": "王小名", "signed_as": "real_name"},
            {"name": "李白", "signed_as": "pseudonym", "pseudonym": "青莲"},
        ],
        "owners": [{"name": "王小名", "kind": "natural_person", "nationality": "中国"}],
    }
    software = {
        "registration_number": "2026SR0000123",
        "certificate_number": "软著登字第0000123号",
        "title": "红叶文档管理软件",
        "short_name": "红叶",
        "version": "V2.0",
        "owners": [{"name": "红叶科技有限公司", "kind": "organisation", "nationality": "中国"}],
    }
    return common | (work if kind == "work" else software) | changes


def form(kind: str = "work", **changes: Any) -> dict[str, Any]:
    """A whole form that changes one name."""
    title = "长江边的石子" if kind == "work" else "红叶文档管理系统"
    return {
        "on_register": registered(kind),
        "change_items": ["title"],
        "title": title,
        "change_reason": "书写有误",
    } | changes


PLACE = {"country": "中国", "province": "北京", "city": "北京"}
PUBLISHED = {"change_items": ["publication"], "title": "", "publication_date": "2026-06-01", "publication_place": PLACE}
RENAMED = {"change_items": ["owners"], "title": "", "owners": [{"name": "王小明"}], "name_reason": "misspelt"}
SIGNED = {
    "change_items": ["authors"],
    "title": "",
    "authors": [{"name": "王小明"}, {"pseudonym": "青莲居士"}],
    "name_reason": "misspelt",
}
OF_ALL: Broken = [
    ({"on_register": {}}, {("on_register.registration_number", "required")}),
    ({"on_register": {"status": "revoked"}}, {("on_register", "registration_not_valid")}),
    ({"change_items": [], "title": ""}, {("change_items", "change_nothing")}),
    ({"change_items": ["title", "completion"]}, {("change_items", "change_not_allowed")}),
    ({"change_items": ["title", "expression"]}, {("change_items", "change_not_allowed")}),
    ({"change_items": ["title", "rights"]}, {("change_items", "change_is_transfer")}),
    ({"change_reason": ""}, {("change_reason", "required")}),
    ({"title": ""}, {("title", "required")}),
    ({**PUBLISHED, "title": "别的名称"}, {("title", "not_applicable")}),
    ({**RENAMED, "name_reason": None}, {("name_reason", "required")}),
    ({**RENAMED, "name_reason": "transferred"}, {("name_reason", "change_is_transfer")}),
    ({"name_reason": "renamed"}, {("name_reason", "not_applicable")}),
    ({"owners": [{"name": "别人"}]}, {("owners", "not_applicable")}),
    ({**RENAMED, "owners": [{"name": "王小明"}, {"name": "别人"}]}, {("owners", "change_adds_or_removes")}),
    ({**RENAMED, "owners": [{"name": ""}]}, {("owners", "change_nothing")}),
    ({"publication_date": "2026-06-01"}, {("publication_date", "not_applicable")}),
    ({**PUBLISHED, "publication_date": None}, {("publication_date", "required")}),
    ({**PUBLISHED, "publication_date": "2026-02-01"}, {("publication_date", "publication_before_completion")}),
    ({**PUBLISHED, "publication_date": "2027-02-01"}, {("publication_date", "date_in_future")}),
    ({**PUBLISHED, "publication_place": None}, {("publication_place.city", "required")}),
    ({"contact": {"mobile": "12"}}, {("contact.mobile", "telephone_format")}),
    ({"filing_mode": "agent"}, {("filing_mode", "filing_mode_not_open")}),
]
OF_WORKS: Broken = [
    ({"title": "长江边的石头"}, {("title", "change_same")}),
    ({**RENAMED, "owners": [{"name": "王小名"}]}, {("owners", "change_nothing"), ("owners.0.name", "change_same")}),
    ({**SIGNED, "authors": [{"name": "李白"}, {}]}, {("authors.0.name", "duplicate")}),
    ({**SIGNED, "authors": [{"name": "王小明"}]}, {("authors", "change_adds_or_removes")}),
    ({**SIGNED, "authors": [{"pseudonym": "小王"}, {"name": "李太白"}]}, {("authors.0.pseudonym", "not_applicable")}),
    (
        {**SIGNED, "authors": [{}, {"pseudonym": "青莲"}]},
        {("authors", "change_nothing"), ("authors.1.pseudonym", "change_same")},
    ),
    ({**PUBLISHED, "on_register": {"publication_date": "2026-05-20"}}, {("publication_date", "published_already")}),
]
OF_SOFTWARE: Broken = [
    ({"title": "红叶文档管理软件"}, {("title", "change_same")}),
    ({"change_items": ["short_name"], "title": "", "short_name": "红叶"}, {("short_name", "change_same")}),
    ({"change_items": ["title", "short_name"], "short_name": "红叶文档管理系统"}, {("short_name", "short_name_same")}),
    ({"title": "红叶"}, {("title", "short_name_same")}),
    ({"change_items": ["version"], "title": "", "version": "V2.1"}, {("version", "change_only_v")}),
    ({"change_items": ["version"], "title": "", "version": "3.0"}, {("version", "change_only_v")}),
    ({"change_items": ["version"], "title": ""}, {("version", "required")}),
]
RIGHT: list[tuple[str, dict[str, Any]]] = [
    ("work", {}),
    ("work", RENAMED),
    ("work", SIGNED),
    ("work", PUBLISHED),
    ("work", {**RENAMED, "change_items": ["title", "owners"], "title": "石头"}),
    ("software", {}),
    ("software", {"change_items": ["short_name"], "title": "", "short_name": "红叶文档"}),
    ("software", {"change_items": ["version"], "title": "", "version": "2.0"}),
    ("software", {**RENAMED, "owners": [{"name": "红叶科技股份有限公司"}], "name_reason": "renamed"}),
    ("software", PUBLISHED),
]


def broken(kind: str) -> list[tuple[dict[str, Any], Found]]:
    """Whole forms of a kind, broken, with what is found in each."""
    cases = []
    for changes, found in [*OF_ALL, *(OF_WORKS if kind == "work" else OF_SOFTWARE)]:
        known = registered(kind, **changes["on_register"]) if changes.get("on_register") else changes.get("on_register")
        cases.append((form(kind, **changes) | ({"on_register": known} if "on_register" in changes else {}), found))
    return cases
