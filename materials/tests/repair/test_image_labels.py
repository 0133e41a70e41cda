"""Labels are read tag by tag and changed in place; a promise to repair is kept; colours look as they were meant."""

from __future__ import annotations

import io
import struct
import time
import zlib
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from materials.inspect.image import ImageUnreadable, read_facts
from materials.inspect.relabel import relabel
from materials.repair.words import describe_change, describe_refusal
from materials.testing import sample_files as samples
from materials.testing import sample_images as images
from PIL import Image, ImageCms

Repair = Callable[..., Any]

pytestmark = [pytest.mark.requirement("F-04"), pytest.mark.requirement("F-06"), pytest.mark.requirement("F-07")]

BEIJING = {1: b"N\0", 2: (39, 54, 20), 3: b"E\0", 4: (116, 23, 29)}
DRAWING = samples.picture(1800, 1200)


W, H = 1800, 1200
RGB8 = {256: (4, [W]), 257: (4, [H]), 258: (3, [8, 8, 8]), 259: (3, [1]), 262: (3, [2]), 277: (3, [3]), 278: (4, [H])}
NOISE = bytes(range(256)) * (W * H * 3 // 256 + 1)


def jpeg_with(block: bytes, image: Image.Image = DRAWING, **options: Any) -> bytes:
    return samples.encoded(image, exif=b"Exif\0\0" + block, quality=88, **options)


def pixels(data: bytes) -> bytes:
    return Image.open(io.BytesIO(data)).convert("RGBA").tobytes()


# --- labels -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bad",
    [
        {0x0112: (7, [6])},
        {0x0112: (3, [99])},
        {0x010F: (99, [1])},
        {0x011A: (2, [1, 2, 3])},
        {0x0100: (4, [4_000_000_000])},
    ],
)
@pytest.mark.parametrize("order", ["<", ">"])
def test_a_tag_that_makes_no_sense_hides_no_other(bad: dict[int, Any], order: str, repair: Repair) -> None:
    block = images.tags_block(bad, order=order, place=BEIJING)
    done = repair("photograph", jpeg_with(block, dpi=(300, 300)), "image_has_position")
    assert "image_has_position" in {finding.code for finding in done.before.findings}
    assert done.before.facts["image"]["dpi"] == [300, 300]
    assert "image_has_position" not in done.still_found
    assert struct.pack(order + "II", 54, 1) not in done.output.read_bytes(), (
        "the minutes are gone, not only the way to them"
    )


def test_a_position_that_is_empty_gives_nobody_away(repair: Repair) -> None:
    done = repair("photograph", jpeg_with(images.tags_block({}, place={}), dpi=(300, 300)))
    assert done.before.facts["image"]["gps"] is False


def png_with(name: bytes, data: bytes, *, behind: bool = False) -> bytes:
    """A PNG with a chunk of its own, before or behind its pixels."""
    plain = samples.encoded(samples.picture(1800, 1200), "PNG")
    chunk = struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    place = plain.index(b"IEND") - 4 if behind else 33
    return plain[:place] + chunk + plain[place:]


BLOCK = images.tags_block({0x0112: (3, [1])}, place=BEIJING)
RAW = b"Raw profile type exif\0\0" + zlib.compress(
    b"\nexif\n%8d\n" % (len(BLOCK) + 6) + (b"Exif\0\0" + BLOCK).hex().encode()
)
XMP = b"XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta><exif:GPSLatitude>39,54N</exif:GPSLatitude></x:xmpmeta>"


def webp() -> bytes:
    exif = Image.Exif()
    exif.load(b"Exif\0\0" + BLOCK)
    return samples.encoded(DRAWING, "WEBP", exif=b"Exif\0\0" + BLOCK)


def tiff(order: str = "<", *, large: bool = False) -> bytes:
    """A TIFF whose position stands behind its pixels."""
    bare = images.tiff_of(RGB8 | {0x8825: (4, [0])}, [NOISE[: W * H * 3]], order=order, large=large)
    rows = b""
    values = b"".join(struct.pack(order + "II", part, 1) for tag in (2, 4) for part in BEIJING[tag])
    word, room = ("Q", 20) if large else ("I", 12)
    start = len(bare) + (8 if large else 2) + 4 * room + (8 if large else 4)
    for number, tag in enumerate((1, 2, 3, 4)):
        if tag in (1, 3):
            rows += struct.pack(order + "HH" + word, tag, 2, 2) + bytes(BEIJING[tag]).ljust(
                room - 8 - (4 if large else 0), b"\0"
            )
        else:
            rows += struct.pack(order + "HH" + word * 2, tag, 5, 3, start + 12 * (number - 1))
    place = struct.pack(order + ("Q" if large else "H"), 4) + rows + bytes(8 if large else 4) + values
    pointer = struct.pack(order + "HH" + word, 0x8825, 4, 1)
    return bare.replace(pointer + bytes(4), pointer + struct.pack(order + "I", len(bare)), 1) + place


@pytest.mark.parametrize(
    "content",
    [
        png_with(b"eXIf", BLOCK),
        png_with(b"eXIf", BLOCK, behind=True),
        png_with(b"zTXt", RAW),
        png_with(b"iTXt", XMP, behind=True),
        tiff(),
        tiff(">"),
        tiff(large=True),
        jpeg_with(BLOCK),
    ],
    ids=["png", "png, behind the pixels", "png, as text", "png, by an editor", "tiff", "tiff, MM", "bigtiff", "jpeg"],
)
def test_place_and_resolution_are_corrected_without_touching_a_pixel(content: bytes, repair: Repair) -> None:
    done = repair("artwork_image", content)
    found = {finding.code for finding in done.before.findings}
    assert found == {"image_has_position", "image_dpi_not_declared"}
    assert done.changes == {"position_removed", "labelled_300_dpi", "pixels_untouched"}
    assert done.still_found == set()
    assert done.result.file_type == done.before.facts["type"]
    assert pixels(done.output.read_bytes()) == pixels(content)
    assert b"GPSLatitude" not in done.output.read_bytes()
    assert struct.pack("<II", 54, 1) not in done.output.read_bytes()
    assert struct.pack(">II", 54, 1) not in done.output.read_bytes()


def test_a_bitmap_is_labelled_in_place_and_other_formats_are_converted(repair: Repair) -> None:
    bitmap = samples.encoded(DRAWING, "BMP")
    done = repair("artwork_image", bitmap)
    assert (done.result.file_type, done.still_found) == ("bmp", set())
    assert pixels(done.output.read_bytes()) == pixels(bitmap)
    done = repair("artwork_image", webp())
    assert {"converted_to_jpeg", "position_removed"} <= done.changes
    assert (done.result.file_type, done.still_found) == ("jpeg", set())


def test_labels_written_by_an_editor_keep_everything_else() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Maker", "Model", 8
    exif.get_ifd(0x8769)[0x9003] = "2026:01:02 03:04:05"
    content = samples.encoded(DRAWING, exif=exif, quality=88)
    out = io.BytesIO()
    relabel(io.BytesIO(content), out, "JPEG", dpi=300, without_position=True)
    kept = Image.open(out).getexif()
    assert (kept[0x010F], kept[0x0110], kept[0x0112], kept.get_ifd(0x8769)[0x9003]) == (
        "Maker", "Model", 8, "2026:01:02 03:04:05",
    )  # fmt: skip
    assert (kept[0x011A], kept[0x0128]) == (300, 2)


# --- one photograph of several pictures ---------------------------------------------------------------------------


def with_appended(kind: int, second: bytes, first: bytes | None = None, first_kind: int = 0x030000) -> bytes:
    """A JPEG that names a second picture of ``kind`` behind it, as CIPA DC-007 has it; places count from ``II*``."""
    main = first or samples.encoded(DRAWING, dpi=(300, 300), quality=88)
    entries = struct.pack("<IIIHH", first_kind, len(main), 0, 0, 0)
    entries += struct.pack("<IIIHH", kind, len(second), len(main) + 80, 0, 0)
    rows = struct.pack("<HHI4s", 0xB000, 7, 4, b"0100") + struct.pack("<HHII", 0xB001, 4, 1, 2)
    rows += struct.pack("<HHII", 0xB002, 7, 32, 8 + 2 + 36 + 4)
    body = b"MPF\0II*\0" + struct.pack("<IH", 8, 3) + rows + bytes(4) + entries
    return main[:2] + b"\xff\xe2" + struct.pack(">H", len(body) + 2) + body + main[2:] + second


SMALL = samples.encoded(samples.picture(400, 300), quality=80)


@pytest.mark.parametrize(
    "content",
    [
        with_appended(0x000000, SMALL),
        with_appended(0x010001, SMALL),
        samples.encoded(DRAWING, dpi=(300, 300), quality=88) + b"\0\0\0\x18ftypmp42" + bytes(4000),
    ],
    ids=["gain map", "preview", "film"],
)
def test_a_photograph_of_a_phone_is_one_picture(content: bytes, repair: Repair) -> None:
    done = repair("photograph", content, "image_dpi_conflict")
    assert (done.before.verdict, done.before.findings) == ("pass", ())
    assert done.before.facts["image"]["frames"] == 1


def test_two_views_in_one_file_are_two_pictures(repair: Repair) -> None:
    for kind in (0x020001, 0x020002, 0x020003):
        pair = with_appended(kind, samples.encoded(DRAWING, dpi=(300, 300)), first_kind=kind)
        done = repair("photograph", pair)
        assert {finding.code for finding in done.before.findings} == {"image_several_frames"}
        assert (done.change("first_frame_kept"), done.still_found) == ({"frames": 2}, set())


def test_removing_the_place_takes_what_is_appended_along(repair: Repair) -> None:
    told = jpeg_with(BLOCK, dpi=(300, 300))
    done = repair(
        "photograph", with_appended(0, jpeg_with(BLOCK, samples.picture(400, 300)), told), "image_has_position"
    )
    assert {"position_removed", "appended_removed", "pixels_untouched"} <= done.changes
    assert struct.pack("<II", 54, 1) not in done.output.read_bytes()
    assert pixels(done.output.read_bytes()) == pixels(told)
    for change in done.result.changes:
        assert describe_change(change, "zh")
        assert "、" not in describe_change(change, "en")


# --- frames -------------------------------------------------------------------------------------------------------


def cyclic_tiff() -> bytes:
    loop = bytearray(samples.many_framed_tiff(3))
    loop[-4:] = struct.pack("<I", 10)
    return bytes(loop)


def greedy_tiff() -> bytes:
    """A directory whose every tag claims all of the file."""
    rows = b"".join(struct.pack("<HHII", 40_000 + number, 7, 4_000_000, 8) for number in range(3000))
    plain = b"".join(struct.pack("<HHII", tag, 3, 1, value) for tag, value in ((256, 1), (257, 1), (258, 8), (262, 1)))
    head = struct.pack("<H", 3004) + plain + rows + bytes(4)
    return b"II*\0" + struct.pack("<I", 8) + head + bytes(4_000_000)


def gif_of(frames: int) -> bytes:
    frame = b"\x21\xf9\x04\0\0\0\0\0" + b",\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0"
    return b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff" + frame * frames + b";"


@pytest.mark.parametrize(
    ("what", "content", "most"),
    [
        ("many directories", samples.many_framed_tiff(115_000), 1000),
        ("a circle", cyclic_tiff(), 3),
        ("greedy tags", greedy_tiff(), 0),
        ("a million directories in the tail", samples.many_framed_tiff(3) + bytes(13_000_000), 3),
        ("a film of dots", gif_of(300_000), 1000),
    ],
)
def test_counting_frames_has_an_end(what: str, content: bytes, most: int) -> None:
    """One such TIFF of 13 MB took 169 seconds. The CPU's time counts: neighbours slow the clock."""
    started = time.process_time()
    try:
        assert read_facts(io.BytesIO(content), decode=True).frames == most, what
    except ImageUnreadable:
        assert most == 0, what
    assert time.process_time() - started < 5, what


def test_decoding_many_large_frames_has_an_end() -> None:
    """As many are decoded as make one large picture."""
    frames = [Image.new("P", (4000, 4000), number) for number in range(30)]
    film = samples.encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    decoded: list[tuple[int, int]] = []
    whole = Image.Image.load

    def load(image: Image.Image) -> Any:
        decoded.append(image.size)
        return whole(image)

    with patch("PIL.GifImagePlugin.GifImageFile.load", load):
        facts = read_facts(io.BytesIO(film), decode=True)
    assert (facts.frames, facts.decodes) == (30, True)
    assert len(decoded) < 8


# --- variants -----------------------------------------------------------------------------------------------------


DEEP = {258: (3, [16, 16, 16])}
HALVED = {262: (3, [6]), 530: (3, [2, 2])}
CAMERA = {262: (3, [32803]), 258: (3, [14]), 277: (3, [1])}


@pytest.mark.parametrize(
    ("what", "content", "certain"),
    [
        ("ordinary", images.tiff_of(RGB8, [NOISE[: W * H * 3]]), True),
        ("Motorola's order", images.tiff_of(RGB8, [NOISE[: W * H * 3]], order=">"), True),
        ("large file", images.tiff_of(RGB8, [NOISE[: W * H * 3]], large=True), None),
        ("large file, Motorola's order", images.tiff_of(RGB8, [NOISE[: W * H * 3]], order=">", large=True), None),
        ("32 bits", images.tiff_of(RGB8 | {258: (3, [32, 32, 32])}, [NOISE * 4]), False),
        ("planes of 16 bits", images.tiff_of(RGB8 | DEEP | {284: (3, [2])}, [NOISE[: W * H * 2]] * 3), None),
        ("brightness and colour", images.tiff_of(RGB8 | HALVED, [NOISE[: W * H * 3]]), False),
        ("12 bits", images.tiff_of(RGB8 | {258: (3, [12, 12, 12])}, [NOISE[: W * H * 9 // 2]]), False),
        ("JPEG XL within", images.tiff_of(RGB8 | {259: (3, [52546])}, [NOISE[:9000]]), False),
        ("LERC", images.tiff_of(RGB8 | {259: (3, [34887])}, [NOISE[:9000]]), False),
        ("raw of a camera", images.tiff_of(RGB8 | CAMERA, [NOISE[: W * H * 2]]), False),
    ],
)  # fmt: skip
def test_a_variant_that_is_not_read_here_is_uncertain_not_damaged(
    what: str, content: bytes, certain: bool | None, repair: Repair
) -> None:
    done = repair("artwork_image", content)
    found = {finding.code for finding in done.before.findings}
    assert not found & {"image_damaged", "image_unreadable"}, what
    if certain is not None:
        assert ("image_not_decodable_here" not in found) == certain, what
    if "image_not_decodable_here" in found:
        assert done.before.verdict == "uncertain"
        assert done.before.facts["image"]["width"] == W
    assert done.result.done, "its label can be corrected all the same"


@pytest.mark.parametrize("cut", [0.3, 0.9])
def test_a_cut_off_tiff_is_damaged(cut: float, repair: Repair) -> None:
    whole = samples.encoded(DRAWING, "TIFF", compression="tiff_lzw", dpi=(300, 300))
    broken = bytearray(whole)
    broken[8 : round(len(whole) * cut)] = bytes(round(len(whole) * cut) - 8)
    done = repair("artwork_image", bytes(broken), "image_dpi_not_declared")
    assert done.before.verdict == "fail"
    strips = images.tiff_of(RGB8, [NOISE[: W * H * 3]])
    assert (
        repair("artwork_image", strips[: round(len(strips) * cut)], "image_dpi_not_declared").before.verdict == "fail"
    )


def test_lab_is_no_transparency(repair: Repair) -> None:
    lab = ImageCms.profileToProfile(
        DRAWING, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    done = repair("artwork_image", samples.encoded(lab, "TIFF", dpi=(300, 300)), "rotate", rotate="180")
    assert {finding.code for finding in done.before.findings} == {"image_colours_reduced"}
    assert (done.result.after.verdict, done.still_found) == ("pass", set())
    turned = Image.open(done.output).rotate(180).resize((40, 30)).convert("L").tobytes()
    plain = DRAWING.resize((40, 30)).convert("L").tobytes()
    assert max(abs(a - b) for a, b in zip(turned, plain, strict=True)) < 12


def test_why_an_image_is_not_repaired_is_said_as_it_is(repair: Repair) -> None:
    lerc = images.tiff_of(RGB8 | {259: (3, [34887])}, [NOISE[:9000]])
    refusal = repair("artwork_image", lerc, "rotate", rotate="90").result.refusal
    assert refusal == "repair_variant_unknown"
    assert "not damaged" in describe_refusal(refusal, "en")


# --- what the camera wrote ----------------------------------------------------------------------------------------

SECRETS = (b"Leica", b"somebody", b"2024:05:01", b"a remark")


def _taken() -> bytes:
    """Camera, programs, the time in a directory of its own, a place."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0131], exif[0x0112] = "Leica", "Q3", "Editor 9 of somebody", 6
    exif.get_ifd(0x8769)[0x9003] = "2024:05:01 09:30:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (39.0, 54.0, 20.0), 3: "E", 4: (116.0, 23.0, 29.0)})
    return exif.tobytes()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_all_that_the_camera_wrote_goes_and_no_pixel_with_it(kind: str, repair: Repair) -> None:
    options: dict[str, Any] = {"comment": b"a remark"} if kind == "JPEG" else {}
    content = samples.encoded(DRAWING, kind, exif=_taken(), dpi=(300, 300), **options)
    assert sum(secret in content for secret in SECRETS) >= 3
    done = repair("photograph", content, "image_has_camera_data")
    made = done.output.read_bytes()
    assert done.before.facts["image"]["taken_at"] == "2024:05:01 09:30:00"
    assert done.changes == {"camera_data_removed", "position_removed", "pixels_untouched"}
    assert not any(secret in made for secret in SECRETS)
    assert pixels(made) == pixels(content)
    after = done.result.after.facts["image"]
    assert (after["camera"], after["taken_at"], after["gps"]) == ("", "", False)
    assert (after["orientation"], after["dpi"]) == (6, [300, 300])


def test_the_place_alone_may_go_and_the_camera_stay(repair: Repair) -> None:
    done = repair("photograph", samples.encoded(DRAWING, exif=_taken(), dpi=(300, 300)), "image_has_position")
    assert "image_has_position" not in done.still_found
    [left] = [found for found in done.result.after.findings if found.code == "image_has_camera_data"]
    assert left.params == {"camera": "Leica Q3", "taken_at": "2024-05-01 09:30:00"}


def test_the_camera_data_of_hostile_files_is_no_way_in(repair: Repair) -> None:
    """Blocks that point outside, at themselves, or claim to be endless."""
    for place in (0, 8, 0xFFFFFFF0):
        block = images.tags_block({0x010F: (2, list(b"LEI\0")), 0x8769: (4, [place])}, order="<", place=BEIJING)
        done = repair("photograph", jpeg_with(block, dpi=(300, 300)), "image_has_camera_data")
        assert done.result.done
        assert b"LEI" not in done.output.read_bytes()
