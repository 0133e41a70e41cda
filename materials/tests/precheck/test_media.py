"""Audio, video, scores, proofs and views of three-dimensional works."""

from __future__ import annotations

import io
import struct
import wave
from collections.abc import Callable

import pytest
from materials.precheck import PrecheckResult, describe
from materials.testing import sample_files as samples
from materials.testing import sample_media as media

Check = Callable[..., PrecheckResult]

pytestmark = pytest.mark.requirement("F-06")


def codes(result: PrecheckResult) -> set[str]:
    return {finding.code for finding in result.findings}


def wav(seconds: int) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(seconds * 8000 * 4))
    return out.getvalue()


def box(name: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, name) + body


def mp4(seconds: int, kind: bytes = b"vide") -> bytes:
    """The skeleton of a movie: header, one track, some bytes of data."""
    movie = box(b"mvhd", bytes(12), struct.pack(">II", 1000, seconds * 1000), bytes(80))
    size = struct.pack(">II", 1920 << 16, 1080 << 16)
    sample = box(b"stsd", bytes(8), struct.pack(">I", 16), b"avc1", bytes(8))
    media = box(b"mdia", box(b"hdlr", bytes(8), kind, bytes(13)), box(b"minf", box(b"stbl", sample)))
    track = box(b"trak", box(b"tkhd", bytes(76), size), media)
    return box(b"ftyp", b"isom", bytes(4)) + box(b"moov", movie, track) + box(b"mdat", bytes(4000))


def mp3(frames: int) -> bytes:
    """128 kbit/s at 44.1 kHz: 417 bytes and 1152 samples a frame."""
    return (b"\xff\xfb\x90\x00" + bytes(413)) * frames


def matroska(seconds: float) -> bytes:
    def element(identity: str, body: bytes) -> bytes:
        return bytes.fromhex(identity) + (len(body) | 1 << 28).to_bytes(4, "big") + body

    info = element("2AD7B1", (1_000_000).to_bytes(3, "big")) + element("4489", struct.pack(">d", seconds * 1000))
    track = element(
        "AE", element("86", b"V_VP9") + element("E0", element("B0", b"\x07\x80") + element("BA", b"\x04\x38"))
    )
    head = element("1A45DFA3", element("4282", b"webm"))
    return head + element("18538067", element("1549A966", info) + element("1654AE6B", track))


@pytest.mark.parametrize(
    ("profile", "content", "seconds"),
    [
        ("audio_sample", wav(7), 7),
        ("audio_sample", mp3(383), 10),
        ("audio_sample", mp4(42, b"soun"), 42),
        ("video_sample", mp4(90), 90),
        ("video_sample", matroska(33), 33),
    ],
    ids=["wav", "mp3", "m4a", "mp4", "matroska"],
)
def test_the_duration_is_read_from_the_container(check: Check, profile: str, content: bytes, seconds: int) -> None:
    result = check(profile, content, duration_seconds=str(seconds))
    assert result.verdict == "pass"
    assert result.facts["media"]["duration"] == pytest.approx(seconds, abs=0.1)
    clock = f"0:{seconds // 60}:{seconds % 60:02}"
    assert "media_duration_differs" not in codes(check(profile, content, duration_seconds=clock))
    assert "media_duration_differs" in codes(check(profile, content, duration_seconds=str(seconds * 3)))


@pytest.mark.parametrize("claimed", ["nan", "inf", "-5", "1e300"])
def test_a_length_that_is_none_is_not_known(check: Check, claimed: str) -> None:
    result = check("video_sample", matroska(float(claimed)))
    assert result.facts["media"]["duration"] is None
    assert codes(result) == {"media_duration_unknown"}


@pytest.mark.requirement("F-06")
def test_a_recording_of_no_seconds_is_said_to_be_too_short(check: Check) -> None:
    result = check("audio_sample", wav(0))
    assert (result.verdict, codes(result)) == ("fail", {"media_too_short"})
    assert (result.facts["media"]["duration"], result.facts["media"]["bitrate"]) == (0, None)


@pytest.mark.requirement("F-06")
def test_a_large_picture_as_score_is_judged_by_its_label_in_words(check: Check) -> None:
    """A photograph of a cat at 72 dpi: whether it is a score the examiner sees; that its label is too coarse we say."""
    result = check("score", samples.encoded(samples.picture(2400, 1800), dpi=(72, 72)))
    [found] = [one for one in result.findings if one.code == "image_dpi_declared_low"]
    assert (found.severity, found.params["dpi"], result.verdict) == ("warning", 72, "pass")
    for message, remedy in (describe(found, "zh"), describe(found, "en")):
        assert "72" in message
        assert remedy


def test_the_size_of_the_picture_is_known(check: Check) -> None:
    assert check("video_sample", mp4(5)).facts["media"]["video"] == [{"width": 1920, "height": 1080, "codec": "avc1"}]
    assert check("video_sample", matroska(5)).facts["media"]["video"][0]["width"] == 1920


def test_an_incomplete_recording_says_so(check: Check) -> None:
    assert "media_truncated" in codes(check("audio_sample", wav(5)[:20_000]))
    assert "media_truncated" in codes(check("video_sample", mp4(5)[:-1000]))
    no_header = box(b"ftyp", b"isom", bytes(4)) + box(b"mdat", bytes(4000))
    assert codes(check("video_sample", no_header)) == {"media_truncated"}


def test_sound_without_picture_is_no_video(check: Check) -> None:
    assert "media_without_picture" in codes(check("video_sample", mp4(5, b"soun")))


@pytest.mark.parametrize("container", media.SOUND)
def test_a_real_recording_lasts_as_long_as_it_plays(check: Check, container: str) -> None:
    whole = media.recording(container, 3)
    result = check("audio_sample", whole)
    assert (result.verdict, result.findings) == ("pass", ())
    assert result.facts["media"]["duration"] == pytest.approx(3, abs=0.05)
    assert result.facts["media"]["bitrate"] == pytest.approx(len(whole) * 8 / 3, rel=0.02)
    assert check("audio_sample", media.recording(container, 0.02)).verdict == "fail", "there is nothing to hear"


@pytest.mark.parametrize("container", media.FILM)
def test_a_real_film_has_length_and_picture(check: Check, container: str) -> None:
    whole = media.film(container, 3)
    result = check("video_sample", whole)
    assert (result.verdict, result.findings) == ("pass", ())
    facts = result.facts["media"]
    assert facts["duration"] == pytest.approx(3, abs=0.11)  # an AVI counts whole pictures
    assert (facts["video"][0]["width"], facts["video"][0]["height"]) == (320, 240)
    assert "media_truncated" in codes(check("video_sample", whole[: len(whole) * 2 // 3]))
    assert codes(check("video_sample", media.film(container, 3, sound=False))) == set(), "silent films are films"
    assert "media_without_picture" in codes(check("video_sample", media.film(container, 3, picture=False)))


def test_damaged_containers_never_pass(check: Check) -> None:
    assert check("audio_sample", b"ID3" + bytes(7) + b"nothing").verdict == "fail"
    assert check("video_sample", b"\x1aE\xdf\xa3" + b"\xff" * 64).verdict != "pass"


@pytest.mark.requirement("F-04")
def test_a_score_may_be_a_pdf_or_an_image(check: Check) -> None:
    assert check("score", samples.numbered_pdf(2)).verdict == "pass"
    assert check("score", samples.encoded(samples.picture(2000, 2800), dpi=(300, 300))).verdict == "pass"
    assert "image_too_few_pixels" in codes(check("drawing", samples.encoded(samples.picture(300, 300))))


@pytest.mark.requirement("F-05")
def test_a_proof_may_be_photographed_but_must_be_readable(check: Check) -> None:
    assert check("proof", samples.encoded(samples.picture(1600, 1200))).verdict == "pass"
    assert "photo_too_small" in codes(check("proof", samples.encoded(samples.picture(300, 200))))


@pytest.mark.requirement("F-04")
def test_six_views_of_a_sculpture(check: Check) -> None:
    view = samples.encoded(samples.picture(1200, 900))
    six = {f"{n}.jpg": samples.encoded(samples.picture(1200 + n, 900)) for n in range(6)}
    assert codes(check("views_3d", samples.zip_of(six))) == set()
    assert "views_missing" in codes(check("views_3d", samples.zip_of({"1.jpg": view})))
    broken = samples.zip_of({**six, "7.jpg": view[: len(view) // 2], "8.jpg": samples.encoded(samples.picture(90, 90))})
    assert codes(check("views_3d", broken)) == {"view_damaged", "view_too_small"}


@pytest.mark.requirement("F-04")
def test_six_views_are_six_pictures(check: Check) -> None:
    five = {f"{n}.jpg": samples.encoded(samples.picture(1200 + n, 900)) for n in range(5)}
    result = check("views_3d", samples.zip_of({**five, "后.jpg": five["3.jpg"]}))
    assert result.verdict == "fail"
    (found,) = result.findings
    assert (found.code, found.params) == ("views_same", {"file": "后.jpg", "other": "3.jpg"})
