"""Images become 300 dpi JPEGs of honest pixels: a label is a label, and too few pixels stay too few."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from materials.inspect.labels import jpeg_segments
from materials.testing import sample_files as samples
from PIL import Image, ImageChops

Repair = Callable[..., Any]

pytestmark = [pytest.mark.requirement("F-07"), pytest.mark.requirement("F-04")]


def pixels_of(data: bytes) -> bytes:
    """The compressed pixels of a JPEG, from the start of the scan on."""
    return data[max(end for _, _, end in jpeg_segments(io.BytesIO(data))) :]


def clear(width: int, height: int) -> Image.Image:
    """A drawing with a hole in it."""
    image = samples.picture(width, height, mode="RGBA")
    image.paste((0, 0, 0, 0), (100, 100, 300, 300))
    return image


def test_a_missing_resolution_is_labelled_without_touching_the_pixels(repair: Repair) -> None:
    content = samples.encoded(samples.picture(2400, 1800))
    done = repair("artwork_image", content)
    assert done.still_found == set()
    assert done.change("labelled_300_dpi") == {"print_width": 203, "print_height": 152}
    assert pixels_of(done.output.read_bytes()) == pixels_of(content)
    assert Image.open(done.output).info["dpi"] == (300, 300)


def test_a_position_is_removed_without_touching_the_pixels(repair: Repair) -> None:
    content = samples.gps_jpeg()
    done = repair("photograph", content, "image_has_position")
    assert "image_has_position" not in done.still_found
    assert b"GPS" not in done.output.read_bytes()
    assert pixels_of(done.output.read_bytes()) == pixels_of(content)
    assert Image.open(done.output).getexif()[0x0112] == 6


def test_a_position_that_only_an_editor_wrote_is_found_and_removed(repair: Repair) -> None:
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><exif:GPSLatitude>39,54N</exif:GPSLatitude></x:xmpmeta>'
    content = samples.encoded(samples.picture(2000, 1500), dpi=(300, 300), xmp=packet)
    done = repair("photograph", content)
    assert "image_has_position" in {finding.code for finding in done.before.findings}
    assert "position_removed" in done.changes
    assert b"GPSLatitude" not in done.output.read_bytes()
    assert done.still_found == set()


def test_a_turned_picture_is_turned_upright(repair: Repair) -> None:
    done = repair("photograph", samples.gps_jpeg(), "image_turned")
    assert {"image_turned_upright", "position_removed"} <= done.changes
    assert Image.open(done.output).size == (1400, 2000)
    assert done.still_found == set()


@pytest.mark.parametrize(
    ("content", "change"),
    [
        (samples.encoded(samples.picture(2000, 1500, mode="CMYK"), dpi=(300, 300)), "colours_converted"),
        (samples.encoded(clear(2000, 1500), "PNG", dpi=(300, 300)), "transparency_filled"),
        (
            samples.encoded(
                samples.picture(2000, 1500),
                "TIFF",
                save_all=True,
                append_images=[samples.picture(2000, 1500, 2)],
                dpi=(300, 300),
            ),
            "first_frame_kept",
        ),
    ],
    ids=["cmyk", "transparent", "frames"],
)
def test_other_kinds_become_a_plain_jpeg_and_it_is_said_how(repair: Repair, content: bytes, change: str) -> None:
    done = repair("artwork_image", content)
    assert {"converted_to_jpeg", "pixels_unchanged", change} <= done.changes
    assert (done.result.file_type, done.still_found) == ("jpeg", set())
    assert Image.open(done.output).size == (2000, 1500)


def test_a_picture_is_turned_as_the_person_asks(repair: Repair) -> None:
    content = samples.encoded(samples.picture(2400, 1800), dpi=(300, 300), quality=95)
    done = repair("artwork_image", content, "rotate", rotate="90")
    assert done.change("turned") == {"degrees": 90}
    original, turned = Image.open(io.BytesIO(content)), Image.open(done.output)
    assert turned.size == (1800, 2400)
    upright = original.transpose(Image.Transpose.ROTATE_270).resize((24, 32)).convert("L")
    difference = ImageChops.difference(upright, turned.resize((24, 32)).convert("L"))
    assert difference.getextrema()[1] < 12


@pytest.mark.parametrize("kind", ["GIF", "AVIF", "JPEG2000"])
def test_pictures_of_other_formats_become_jpegs(repair: Repair, kind: str) -> None:
    profile = "proof" if kind == "JPEG2000" else "artwork_image"
    done = repair(profile, samples.encoded(samples.picture(2000, 1500), kind))
    assert done.before.verdict == "fixable"
    assert "converted_to_jpeg" in done.changes
    assert (done.result.file_type, Image.open(done.output).size) == ("jpeg", (2000, 1500))
    assert "image_convertible" not in done.still_found


def test_too_few_pixels_are_not_invented(repair: Repair) -> None:
    done = repair("artwork_image", samples.encoded(samples.picture(400, 300, mode="CMYK")))
    assert Image.open(done.output).size == (400, 300)
    assert "image_too_few_pixels" in done.still_found
    assert done.change("labelled_300_dpi") == {"print_width": 34, "print_height": 25}


def test_a_limit_of_size_first_costs_quality_and_then_pixels_and_says_so(repair: Repair) -> None:
    noise = samples.encoded(Image.effect_noise((2400, 1800), 90).convert("RGB"), quality=98)
    done = repair("artwork_image", noise, "too_large", max_bytes=str(400_000))
    assert done.output.stat().st_size <= 400_000
    assert "pixels_reduced" in done.changes


def test_a_damaged_image_is_not_passed_off_as_repaired(repair: Repair) -> None:
    whole = samples.encoded(samples.picture(2400, 1800))
    done = repair("artwork_image", whole[: len(whole) // 2], "image_dpi_not_declared")
    assert (done.result.done, done.result.refusal) == (False, "repair_impossible")
