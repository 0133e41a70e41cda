"""Resolution is what the pixels are worth at the print size; a label in the file proves nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from materials.precheck import PrecheckResult, describe
from materials.testing import sample_files as samples
from PIL import Image, ImageFilter

Check = Callable[..., PrecheckResult]

pytestmark = [pytest.mark.requirement("F-04"), pytest.mark.requirement("F-06")]


def codes(result: PrecheckResult) -> set[str]:
    return {finding.code for finding in result.findings}


def test_enough_pixels_with_an_honest_label_pass(check: Check) -> None:
    result = check("artwork_image", samples.encoded(samples.picture(2400, 1800), dpi=(300, 300)), "a.jpg")
    assert (result.verdict, codes(result)) == ("pass", set())
    assert result.facts["image"]["dpi"] == [300, 300]


def test_a_small_image_labelled_300_dpi_is_not_300_dpi(check: Check) -> None:
    result = check("artwork_image", samples.encoded(samples.picture(100, 100), dpi=(300, 300)), "a.jpg")
    assert result.verdict == "fail"
    found = next(f for f in result.findings if f.code == "image_too_few_pixels")
    assert (found.params["dpi"], found.repairable) == (17, False)
    assert "100×100" in describe(found, "zh")[0]


def test_the_stated_print_size_decides(check: Check) -> None:
    poster = samples.encoded(samples.picture(2400, 1800), dpi=(300, 300))
    assert check("artwork_image", poster, print_width_mm="200", print_height_mm="150").verdict == "pass"
    assert "image_too_few_pixels" in codes(check("artwork_image", poster, print_width_mm="841", print_height_mm="594"))


def test_a_missing_label_is_not_taken_for_72_dpi(check: Check) -> None:
    result = check("artwork_image", samples.encoded(samples.picture(2400, 1800)))
    assert result.facts["image"]["dpi"] is None
    assert (result.verdict, codes(result)) == ("pass", {"image_dpi_not_declared"})


def test_a_truncated_jpeg_passes_its_header_but_not_the_check(check: Check) -> None:
    whole = samples.encoded(samples.picture(2400, 1800), dpi=(300, 300))
    result = check("artwork_image", whole[: len(whole) // 2])
    assert (result.verdict, codes(result)) == ("fail", {"image_damaged"})


def test_position_and_orientation_are_noted_and_can_be_repaired(check: Check) -> None:
    result = check("photograph", samples.gps_jpeg())
    assert {"image_has_position", "image_turned"} <= codes(result)
    assert (result.facts["image"]["width"], result.facts["image"]["height"]) == (1400, 2000)


def test_several_frames_print_colours_and_transparency_are_noted(check: Check) -> None:
    frames = [samples.picture(2000, 1500, seed) for seed in (1, 2)]
    tiff = samples.encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:], dpi=(300, 300))
    assert "image_several_frames" in codes(check("artwork_image", tiff))
    cmyk = samples.encoded(samples.picture(2000, 1500, mode="CMYK"), dpi=(300, 300))
    assert "image_cmyk" in codes(check("artwork_image", cmyk))
    clear, opaque = (samples.picture(2000, 1500, mode="RGBA") for _ in range(2))
    clear.putpixel((9, 9), (0, 0, 0, 100))
    assert "image_transparent" in codes(check("artwork_image", samples.encoded(clear, "PNG", dpi=(300, 300))))
    assert codes(check("artwork_image", samples.encoded(opaque, "PNG", dpi=(300, 300)))) == set()


@pytest.mark.requirement("I-05")
def test_a_clear_id_image_passes_and_a_flat_or_tiny_one_does_not(check: Check) -> None:
    assert check("id_image", samples.encoded(samples.picture(1200, 800))).verdict == "pass"
    assert "photo_too_small" in codes(check("id_image", samples.encoded(samples.picture(200, 120))))
    flat = samples.encoded(samples.picture(1200, 800).point(lambda _: 120))
    assert codes(check("id_image", flat)) == {"photo_single_colour"}
    assert "photo_damaged" in codes(check("id_image", b"\x89PNG\r\n\x1a\nnothing"))


@pytest.mark.requirement("I-05")
def test_blur_darkness_and_a_busy_background_are_warnings_for_the_reviewer(check: Check) -> None:
    sharp = samples.picture(1200, 900)
    blurred = samples.encoded(sharp.filter(ImageFilter.GaussianBlur(12)))
    dark = samples.encoded(sharp.point(lambda value: value // 6))
    noise = Image.effect_noise((1200, 900), 90).convert("RGB")
    for content, code in (
        (blurred, "photo_blurred"),
        (dark, "photo_dark"),
        (samples.encoded(noise), "photo_background_busy"),
    ):
        result = check("handheld_photo", content)
        assert code in codes(result)
        assert result.verdict == "pass"
