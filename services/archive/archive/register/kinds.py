"""What the register holds, by kind: the one table that tells works and software apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CATEGORY_NAMES: Mapping[str, tuple[str, str]] = {
    "A": ("文字作品", "Written work"),
    "B": ("音乐作品", "Musical work"),
    "C": ("戏剧作品", "Dramatic work"),
    "D": ("曲艺作品", "Quyi work"),
    "E": ("舞蹈作品", "Choreographic work"),
    "F": ("美术作品", "Work of fine art"),
    "G": ("摄影作品", "Photographic work"),
    "H": ("电影作品", "Cinematographic work"),
    "I": ("类似摄制电影的方法创作的作品", "Work created by a process analogous to cinematography"),
    "J": ("工程设计图、产品设计图", "Engineering or product design drawing"),
    "K": ("地图、示意图", "Map or sketch"),
    "L": ("其他作品", "Other work"),
    "M": ("口述作品", "Oral work"),
    "N": ("杂技艺术作品", "Acrobatic work"),
    "O": ("建筑作品", "Architectural work"),
    "P": ("模型作品", "Model"),
}
"""Letters of works registration numbers (国版函[2016]1号) and the categories they stand for, in Chinese and English."""


@dataclass(frozen=True)
class RegisterKind:
    """``numbers``, ``old_numbers`` (of cases that the old system began) and ``certificate_numbers`` are series of
    ``numbers.toml``; works' certificates have no number of their own. ``categories`` are those that a number names, if
    it does. The template draws it."""

    numbers: str
    old_numbers: str
    certificate_numbers: str | None
    categories: frozenset[str]
    template: str
    title_zh: str
    title_en: str


KINDS: Mapping[str, RegisterKind] = {
    "work": RegisterKind(
        numbers="work",
        old_numbers="old_work",
        certificate_numbers=None,
        categories=frozenset(CATEGORY_NAMES),
        template="work_certificate",
        title_zh="作品登记证书",
        title_en="Certificate of Work Registration",
    ),
    "software": RegisterKind(
        numbers="software",
        old_numbers="old_software",
        certificate_numbers="software_certificate",
        categories=frozenset(),
        template="software_certificate",
        title_zh="计算机软件著作权登记证书",
        title_en="Certificate of Computer Software Copyright Registration",
    ),
}
