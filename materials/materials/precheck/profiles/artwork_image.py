"""Artwork and photographs: an image of at least 300 dpi at its print size, counted in pixels, not in tags."""

from __future__ import annotations

import math
from dataclasses import replace

from materials.inspect.image import ImageFacts
from materials.precheck.mendable import obstacle
from materials.precheck.model import Context, Finding
from materials.precheck.profiles.base import Facts, Profile

WANTED_DPI = 300
DEFAULT_LONG_EDGE_MM = 150.0
"""Print size when the applicant states none: the long edge of a 15 × 10 cm print. Policy, not law."""
_MM = 25.4
_COMMON_MODES = ("RGB", "L", "CMYK", "1", "P", "RGBA")


def check(facts: Facts, context: Context) -> list[Finding]:
    """A picture of the work itself: it opens whole, is large enough for print, and its colours are told."""
    image = facts.get("image")
    if image is None:
        return [Finding("image_unreadable", "error")]
    if image["too_many_pixels"]:
        return [Finding("image_too_many_pixels", "error", params={"width": image["width"], "height": image["height"]})]
    findings: list[Finding] = []
    if image["decodes"] is False:
        return [Finding("image_damaged", "error")]
    if image["not_decodable_here"]:
        params: dict[str, str | int | float] = {"variant": image["not_decodable_here"]}
        findings.append(Finding("image_not_decodable_here", "warning", params=params, uncertain=True))
    if image["decode_error"]:
        findings.append(Finding("image_partly_damaged", "warning", uncertain=True))
    if image["decode_skipped"]:
        findings.append(Finding("image_not_decoded", "warning", uncertain=True))
    findings += _check_resolution(facts, context)
    if image["mode"] and (image["mode"] in ("P", "1") or image["mode"] not in _COMMON_MODES):
        findings.append(Finding("image_colours_reduced", "info", params={"mode": image["mode"]}))
    if image["mode"] == "CMYK":
        findings.append(Finding("image_cmyk", "info", repairable=True))
    if image["frames"] > 1:
        findings.append(Finding("image_several_frames", "warning", params={"frames": image["frames"]}, repairable=True))
    if image["transparency"]:
        findings.append(Finding("image_transparent", "info", repairable=True))
    if image["orientation"] not in (0, 1):
        findings.append(Finding("image_turned", "info", repairable=True))
    if image["gps"]:
        findings.append(Finding("image_has_position", "warning", repairable=True))
    if image["camera"] or image["taken_at"]:
        said: dict[str, str | int | float] = {"camera": image["camera"] or "—", "taken_at": _moment(image["taken_at"])}
        findings.append(Finding("image_has_camera_data", "info", params=said, repairable=True))
    return [_as_far_as_possible(finding, ImageFacts(**image)) for finding in findings]


def _moment(taken_at: str) -> str:
    """``2024:05:01 09:30:00``, as cameras write it, with a day that people know."""
    day, _, time = taken_at.partition(" ")
    return f"{day.replace(':', '-')} {time}".strip() or "—"


def _as_far_as_possible(finding: Finding, image: ImageFacts) -> Finding:
    """A repair is promised only where nothing stands in its way."""
    if finding.repairable and obstacle(image, [finding.code]):
        return replace(finding, repairable=False)
    return finding


def _check_resolution(facts: Facts, context: Context) -> list[Finding]:
    """The pixels against the print size; then what the file declares, which is a label and can be put right."""
    image = facts["image"]
    long_px, short_px = max(image["width"], image["height"]), min(image["width"], image["height"])
    long_mm, short_mm = print_size(context)
    effective = min(long_px / (long_mm / _MM), short_px / (short_mm / _MM) if short_mm else math.inf)
    facts["effective_dpi"] = round(effective, 1)
    facts["print_mm_at_300_dpi"] = [round(px / WANTED_DPI * _MM) for px in (image["width"], image["height"])]
    if effective < WANTED_DPI - 0.5:
        params: dict[str, str | int | float] = {
            "width": image["width"],
            "height": image["height"],
            "dpi": round(effective),
            "print_mm": round(long_mm),
            "wanted": math.ceil(long_mm / _MM * WANTED_DPI),
            "honest_width": facts["print_mm_at_300_dpi"][0],
            "honest_height": facts["print_mm_at_300_dpi"][1],
        }
        return [Finding("image_too_few_pixels", "error", params=params)]
    declared = image["dpi"]
    if declared is None:
        return [Finding("image_dpi_not_declared", "warning", repairable=True)]
    if min(declared) < WANTED_DPI - 0.5:
        return [Finding("image_dpi_declared_low", "warning", params={"dpi": round(min(declared))}, repairable=True)]
    return [Finding("image_dpi_conflict", "info", repairable=True)] if image["dpi_conflict"] else []


def print_size(context: Context) -> tuple[float, float]:
    """(long edge, short edge or 0) in millimetres, as stated by the applicant or by default."""
    stated = [_millimetres(context.get(key, "")) for key in ("print_width_mm", "print_height_mm")]
    edges = sorted((edge for edge in stated if edge > 0), reverse=True)
    if not edges:
        return DEFAULT_LONG_EDGE_MM, 0.0
    return edges[0], edges[1] if len(edges) == 2 else 0.0


def _millimetres(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if math.isfinite(value) else 0.0


_RASTER = ("jpeg", "png", "tiff", "bmp", "webp", "jp2")
PROFILES = (
    Profile("artwork_image", _RASTER, "image", check),
    Profile("photograph", _RASTER, "image", check),
)
