"""A complete form of software, for tests of its rules and of its cases."""

from __future__ import annotations

from typing import Any

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
