"""A complete form of a text work, and each of its rules broken once."""

from __future__ import annotations

from typing import Any

from filing.forms.applicant import Applicant

PERSON = Applicant("王小明", "natural_person", "resident_id", "1101**********002X")
COMPANY = Applicant("长江文化有限公司", "organisation", "uscc", "9111**********00Y4")


HOME = {
    "recipient": "王小明",
    "telephone": "01066668888",
    "province": "北京市",
    "city": "北京市西城区",
    "street": "天桥南大街1号",
    "postcode": "100050",
}
"""Where a paper certificate goes."""


def complete(**changes: Any) -> dict[str, Any]:
    return {
        "title": "长江边的石头",
        "category": "A",
        "creation_nature": "original",
        "completion_date": "2026-03-01",
        "completion_place": {"city": "宜昌"},
        "publication": "unpublished",
        "word_count": 12000,
        "authors": [{"name": "王小明"}],
        "owners": [{"name": "王小明", "applicant": True}],
        "acquisition": "original",
        "ownership": "individual",
        "description": {"purpose": "记录", "process": "冬天动笔", "originality": "独立创作"},
    } | changes


BROKEN: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"title": " "}, ("title", "required")),
    ({"title": "绘画教程"}, ("title", "title_generic")),
    ({"title": "石\u0007头"}, ("title", "title_characters")),
    ({"title": "长" * 201}, ("title", "too_long")),
    ({"category": None}, ("category", "required")),
    ({"category": "Q"}, ("category", "not_in_list")),
    ({"category": "H", "word_count": None}, ("duration", "required")),
    ({"category": "H", "word_count": None, "duration": {"seconds": 0}}, ("duration", "required")),
    ({"category": "H", "word_count": None, "duration": {"seconds": 60}}, ("duration.seconds", "out_of_range")),
    ({"duration": {"minutes": 3}}, ("duration", "not_applicable")),
    ({"episodes": 12}, ("episodes", "not_applicable")),
    ({"category": "H", "word_count": None, "episodes": 0}, ("episodes", "out_of_range")),
    ({"category": "B", "word_count": None}, ("lyrics", "required")),
    ({"lyrics": "with"}, ("lyrics", "not_applicable")),
    ({"sample_form": "video"}, ("sample_form", "sample_form_not_for_category")),
    ({"sample_form": "hologram"}, ("sample_form", "not_in_list")),
    ({"category": "L", "word_count": None}, ("category_note", "required")),
    ({"map_number": "GS（2019）1822号"}, ("map_number", "not_applicable")),
    ({"category": "K", "word_count": None, "map_number": "没有"}, ("map_number", "map_number_unusual")),
    (
        {"category": "K", "word_count": None, "publication": "published", "publication_date": "2026-05-20"},
        ("map_number", "map_number_missing"),
    ),
    ({"word_count": None}, ("word_count", "required")),
    ({"word_count": 0}, ("word_count", "out_of_range")),
    ({"category": "F"}, ("word_count", "not_applicable")),
    ({"creation_nature": "translation"}, ("source_licence", "required")),
    ({"completion_date": "2099-11-24"}, ("completion_date", "date_in_future")),
    ({"completion_date": "yesterday"}, ("completion_date", "not_a_date")),
    ({"completion_place": {"city": ""}}, ("completion_place.city", "required")),
    ({"publication": None}, ("publication", "required")),
    ({"publication": "published"}, ("publication_date", "required")),
    (
        {"publication": "published", "publication_date": "2026-02-28"},
        ("publication_date", "publication_before_completion"),
    ),
    ({"publication": "published", "publication_date": "2099-01-01"}, ("publication_date", "date_in_future")),
    ({"publication_date": "2026-05-01"}, ("publication_date", "not_applicable")),
    ({"composition": "series", "parts": ["一"]}, ("parts", "series_needs_two_parts")),
    ({"composition": "series", "parts": ["一", "一"]}, ("parts.1", "duplicate")),
    ({"parts": ["一"]}, ("parts", "not_applicable")),
    ({"authors": []}, ("authors", "required")),
    (
        {"authors": [{"name": "王小明", "signed_as": "pseudonym"}]},
        ("authors.0.pseudonym", "required"),
    ),
    ({"owners": [{"name": "别人"}]}, ("owners", "applicant_not_owner")),
    ({"rights_scope": "partial"}, ("rights", "required")),
    ({"rights_scope": "partial", "rights": ["rental"]}, ("rights.0", "right_not_applicable")),
    (
        {"acquisition": "inheritance", "rights_scope": "partial", "rights": ["attribution"]},
        ("rights.0", "right_not_transferable"),
    ),
    ({"description": {"purpose": "记录"}}, ("description.process", "required")),
    ({"filing_mode": "agent"}, ("filing_mode", "filing_mode_not_open")),
    ({"contact": {"mobile": "12345"}}, ("contact.mobile", "telephone_format")),
    ({"contact": {"postcode": "?"}}, ("contact.postcode", "postcode_format")),
    ({"collection": "ems"}, ("delivery.street", "required")),
    ({"collection": "ems", "delivery": HOME | {"recipient": ""}}, ("delivery.recipient", "required")),
    ({"collection": "ems", "delivery": HOME | {"telephone": "12"}}, ("delivery.telephone", "telephone_format")),
    ({"collection": "ems", "delivery": HOME | {"postcode": "1234"}}, ("delivery.postcode", "postcode_format")),
    ({"colour": "red"}, ("colour", "unknown_field")),
    ({"creation_nature": None}, ("creation_nature", "required")),
    ({"completion_date": None}, ("completion_date", "required")),
    ({"completion_date": "1066-10-14"}, ("completion_date", "date_too_early")),
    ({"completion_place": {"country": "", "city": "宜昌"}}, ("completion_place.country", "required")),
    (
        {"publication": "published", "publication_date": "2026-05-20", "publication_place": {"city": ""}},
        ("publication_place.city", "required"),
    ),
    ({"rights": ["reproduction"]}, ("rights", "not_applicable")),
    ({"rights_scope": "partial", "rights": ["adaptation", "adaptation"]}, ("rights.1", "duplicate")),
    ({"acquisition": None}, ("acquisition", "required")),
    ({"ownership": None}, ("ownership", "required")),
    ({"owners": []}, ("owners", "required")),
    ({"owners": [{"name": "王小明"}, {"name": ""}]}, ("owners.1.name", "required")),
    ({"owners": [{"name": "王小明"}, {"name": "李雷", "masked_id_number": "1**1"}]}, ("owners.1.id_type", "required")),
    (
        {"owners": [{"name": "王小明"}, {"name": "李雷", "id_type": "passport"}]},
        ("owners.1.masked_id_number", "required"),
    ),
    ({"authors": [{"name": ""}]}, ("authors.0.name", "required")),
]
"""What is changed in a complete form of a person's, and the field and code of what is said about it."""


def owners(*names: str, kind: str = "natural_person") -> list[dict[str, Any]]:
    return [{"name": name, "kind": kind, "id_type": "resident_id", "masked_id_number": "1**1"} for name in names]


def authors(*names: str) -> list[dict[str, Any]]:
    return [{"name": name} for name in names]


OWNERSHIP: list[tuple[Applicant, dict[str, Any], str]] = [
    (PERSON, {"ownership": "legal_person"}, "ownership_not_for_applicant"),
    (PERSON, {"ownership": "work_for_hire"}, "ownership_not_for_applicant"),
    (COMPANY, {"ownership": "individual"}, "ownership_not_for_applicant"),
    (PERSON, {"owners": owners("王小明", "李雷"), "authors": authors("王小明")}, "individual_one_owner"),
    (PERSON, {"authors": authors("李雷")}, "individual_owner_not_author"),
    (PERSON, {"ownership": "joint"}, "joint_needs_two_owners"),
    (
        PERSON,
        {"ownership": "joint", "owners": owners("王小明", "李雷"), "authors": authors("王小明")},
        "joint_owner_not_author",
    ),
    (
        COMPANY,
        {"ownership": "legal_person", "owners": owners(COMPANY.name, kind="organisation")},
        "organisation_must_be_author",
    ),
    (
        COMPANY,
        {
            "ownership": "work_for_hire",
            "owners": owners(COMPANY.name, kind="organisation"),
            "authors": authors(COMPANY.name),
        },
        "authors_must_be_persons",
    ),
]
"""The ownership matrix broken: who files, what is changed, and the code of what is said."""
