"""A complete form of software, for tests of its rules and of its cases."""

from __future__ import annotations

from typing import Any

from .work_forms import HOME

FUNCTIONS = "一、借还：扫描读者证和图书条码，登记借出与归还，逾期自动提醒。" * 20
NOTE = "在山居图书管理软件V1.0的基础上，增加了读者自助续借与预约，重写了检索模块。" * 4


def software(**changes: Any) -> dict[str, Any]:
    """As a person files it who wrote it alone; keyword arguments replace top-level fields."""
    return {
        "full_name": "山居图书管理软件",
        "short_name": "山居图书",
        "version": "V1.0",
        "classification": "application",
        "origin": "original",
        "development_mode": "own",
        "completion_date": "2026-03-01",
        "publication": "unpublished",
        "owners": [{"name": "王小明", "applicant": True}],
        "acquisition": "original",
        "development_hardware": "CPU 2.4GHz，内存 16GB",
        "running_hardware": "CPU 1GHz，内存 4GB",
        "development_system": "Windows 11",
        "development_tools": "PyCharm 2025",
        "running_platform": "Windows 10 及以上",
        "supporting_software": "Python 3.11",
        "languages": ["Python", "SQL"],
        "source_lines": 4880,
        "purpose": "小型图书馆的图书借还与盘点",
        "industry": "公共图书馆",
        "functions": FUNCTIONS,
        "characteristics": ["education"],
    } | changes


OTHER = {"name": "李四", "id_type": "resident_id", "masked_id_number": "4405**********0014"}
MODIFIED = {"origin": "modified", "modification_note": NOTE, "modified_owner": "applicant"}
ASSIGNED = {"acquisition": "assignment", "earlier_registration_number": "2024SR0123456"}

Broken = tuple[dict[str, Any], tuple[str, str]]
BROKEN: list[Broken] = [
    ({"full_name": " "}, ("full_name", "required")),
    ({"full_name": "管理系统V1.0"}, ("full_name", "software_name_generic")),
    ({"full_name": "Test App"}, ("full_name", "software_name_generic")),
    ({"full_name": "山居\ue000软件"}, ("full_name", "name_characters")),
    ({"full_name": "长" * 121}, ("full_name", "too_long")),
    ({"short_name": "山居图书 管理软件"}, ("short_name", "short_name_same")),
    ({"version": ""}, ("version", "required")),
    ({"version": "第一版"}, ("version", "version_format")),
    ({"version": "V1"}, ("version", "version_format")),
    ({"version": "V1.0 beta"}, ("version", "version_format")),
    ({"version": "V1.0.0.0.0"}, ("version", "version_format")),
    ({"classification": None}, ("classification", "required")),
    ({"classification": "website"}, ("classification", "not_in_list")),
    ({"origin": None}, ("origin", "required")),
    ({"origin": "modified", "modified_owner": "applicant"}, ("modification_note", "required")),
    ({**MODIFIED, "modification_note": "改 " * 99}, ("modification_note", "text_too_short")),
    ({**MODIFIED, "modified_owner": None}, ("modified_owner", "required")),
    (
        {**MODIFIED, "modified_registration_number": "SR123"},
        ("modified_registration_number", "registration_number_format"),
    ),
    ({"modification_note": NOTE}, ("modification_note", "not_applicable")),
    ({"modified_owner": "other"}, ("modified_owner", "not_applicable")),
    ({"modified_registration_number": "2024SR0123456"}, ("modified_registration_number", "not_applicable")),
    ({"development_mode": None}, ("development_mode", "required")),
    ({"owners": [{"name": "王小明"}, OTHER]}, ("owners", "own_development_one_owner")),
    ({"development_mode": "joint"}, ("owners", "joint_development_two_owners")),
    ({"work_for_hire": True}, ("owners", "organisation_must_own")),
    ({"work_for_hire": True, **ASSIGNED}, ("work_for_hire", "not_applicable")),
    ({"completion_date": None}, ("completion_date", "required")),
    ({"completion_date": "2099-11-24"}, ("completion_date", "date_in_future")),
    ({"completion_date": "1926-11-24"}, ("completion_date", "date_too_early")),
    ({"publication": None}, ("publication", "required")),
    ({"publication": "published"}, ("publication_date", "required")),
    (
        {"publication": "published", "publication_date": "2026-02-28"},
        ("publication_date", "publication_before_completion"),
    ),
    ({"publication": "published", "publication_date": "2026-04-01"}, ("publication_place.city", "required")),
    ({"publication_date": "2026-05-01"}, ("publication_date", "not_applicable")),
    ({"owners": [OTHER]}, ("owners", "applicant_not_owner")),
    ({"owners": []}, ("owners", "required")),
    ({"owners": [{"name": "王小明"}, {**OTHER, "name": ""}]}, ("owners.1.name", "required")),
    ({"owners": [{"name": "王小明"}, {"name": "李四"}]}, ("owners.1.id_type", "required")),
    ({"owners": [{"name": "王小明"}, OTHER, OTHER]}, ("owners.2.name", "duplicate")),
    ({"acquisition": None}, ("acquisition", "required")),
    ({"acquisition": "assignment"}, ("earlier_registration_number", "required")),
    ({"acquisition": "succession"}, ("earlier_registration_number", "required")),
    ({"acquisition": "inheritance"}, ("earlier_registration_number", "required")),
    (
        {**ASSIGNED, "earlier_registration_number": "20240123456"},
        ("earlier_registration_number", "registration_number_format"),
    ),
    ({**ASSIGNED, "never_registered": True}, ("earlier_registration_number", "not_applicable")),
    ({"earlier_registration_number": "2024SR0123456"}, ("earlier_registration_number", "not_applicable")),
    ({"earlier_certificate_number": "2020-1"}, ("earlier_certificate_number", "not_applicable")),
    ({"never_registered": True}, ("never_registered", "not_applicable")),
    ({"rights": ["rental"]}, ("rights", "not_applicable")),
    ({"rights_scope": "partial"}, ("rights", "required")),
    ({"rights_scope": "partial", "rights": ["exhibition"]}, ("rights.0", "not_in_list")),
    ({"rights_scope": "partial", "rights": ["rental", "rental"]}, ("rights.1", "duplicate")),
    ({**ASSIGNED, "rights_scope": "partial", "rights": ["attribution"]}, ("rights.0", "right_not_transferable")),
    ({**ASSIGNED, "rights_scope": "partial", "rights": ["publication"]}, ("rights.0", "right_not_transferable")),
    (
        {
            "acquisition": "inheritance",
            "never_registered": True,
            "rights_scope": "partial",
            "rights": ["attribution"],
        },
        ("rights.0", "right_not_transferable"),
    ),
    ({"deposit_kind": "exceptional"}, ("exceptional_kind", "required")),
    ({"exceptional_kind": "masked"}, ("exceptional_kind", "not_applicable")),
    ({"document_kinds": "several"}, ("document_count", "required")),
    ({"document_kinds": "several", "document_count": 1}, ("document_count", "out_of_range")),
    ({"document_count": 2}, ("document_count", "not_applicable")),
    ({"development_hardware": ""}, ("development_hardware", "required")),
    ({"running_hardware": ""}, ("running_hardware", "required")),
    ({"development_system": ""}, ("development_system", "required")),
    ({"development_tools": ""}, ("development_tools", "required")),
    ({"running_platform": "长" * 51}, ("running_platform", "too_long")),
    ({"supporting_software": ""}, ("supporting_software", "required")),
    ({"languages": []}, ("languages", "required")),
    ({"languages": ["Python", "python"]}, ("languages.1", "duplicate")),
    ({"languages": [" "]}, ("languages.0", "required")),
    ({"languages": ["语" * 121]}, ("languages.0", "too_long")),
    ({"languages": [f"语言{n}" for n in range(120)]}, ("languages", "too_many")),
    ({"source_lines": None}, ("source_lines", "required")),
    ({"source_lines": 0}, ("source_lines", "out_of_range")),
    ({"source_lines": "约五千"}, ("source_lines", "not_a_number")),
    ({"source_lines": 12.5}, ("source_lines", "not_a_number")),
    ({"purpose": ""}, ("purpose", "required")),
    ({"purpose": "长" * 51}, ("purpose", "too_long")),
    ({"industry": ""}, ("industry", "required")),
    ({"functions": ""}, ("functions", "required")),
    ({"functions": "功 能\n" * 249}, ("functions", "text_too_short")),
    ({"functions": "功" * 1301}, ("functions", "text_too_long")),
    ({"functions": "功" * 100_000}, ("functions", "too_long")),
    ({"functions": FUNCTIONS + "\ue000"}, ("functions", "name_characters")),
    ({"characteristics": []}, ("characteristics", "required")),
    ({"characteristics": ["app", "app"]}, ("characteristics.1", "duplicate")),
    ({"characteristics_note": "长" * 101}, ("characteristics_note", "too_long")),
    ({"ai_assistance": {"ai_used": "no"}}, ("ai_assistance", "not_applicable")),
    ({"filing_mode": "agent"}, ("filing_mode", "filing_mode_not_open")),
    ({"contact": {"mobile": "12345"}}, ("contact.mobile", "telephone_format")),
    ({"collection": "ems"}, ("delivery.telephone", "required")),
    ({"collection": "ems", "delivery": HOME | {"postcode": "10000A"}}, ("delivery.postcode", "postcode_format")),
    ({"contact": {"email": "nobody"}}, ("contact.email", "email_format")),
    ({"colour": "red"}, ("colour", "unknown_field")),
]
"""Each rule broken once: what is changed in a complete form, and the field and code of what is said about it."""
QUESTIONED: list[Broken] = [
    ({"full_name": "山居图书馆借还记录"}, ("full_name", "software_name_ending")),
    ({"full_name": "山居图书计算"}, ("full_name", "software_name_risky")),
    ({"full_name": "山居图书工具（安卓版）"}, ("full_name", "software_name_risky")),
    ({"full_name": "山居图书管理软件V1.0"}, ("full_name", "software_name_ends_in_version")),
    ({"full_name": "山居图书管理软件（1.0版）"}, ("full_name", "software_name_ends_in_version")),
    ({"full_name": "山居图书管理软件V11.0"}, ("full_name", "software_name_with_version")),
    ({"full_name": "山居V1.0图书管理软件"}, ("full_name", "software_name_with_version")),
    ({"full_name": "山居" * 15 + "软件"}, ("full_name", "software_name_long")),
    ({"short_name": "山居" * 8}, ("short_name", "short_name_long")),
    ({"version": "V2.0"}, ("version", "version_of_original")),
]
"""What is asked about, and keeps nobody from filing."""
UNDECLARED: list[Broken] = [
    ({}, ("ai_assistance.ai_used", "required")),
    ({"ai_assistance": {"ai_used": "yes", "ai_tools": "某助手"}}, ("ai_assistance.parts", "required")),
    ({"ai_assistance": {"ai_used": "yes", "parts": ["data"]}}, ("ai_assistance.ai_tools", "required")),
    ({"ai_assistance": {"ai_used": "no", "parts": ["data"]}}, ("ai_assistance.parts", "not_applicable")),
    ({"ai_assistance": {"ai_used": "no", "ai_tools": "某助手"}}, ("ai_assistance.ai_tools", "not_applicable")),
    ({"ai_assistance": {"ai_used": "no", "remarks": "无"}}, ("ai_assistance.remarks", "not_applicable")),
]
"""Where policy asks for the declaration of AI assistance."""
