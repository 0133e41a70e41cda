"""Audio and video samples: the container opens, is complete, and lasts as long as the form says (it sets the fee)."""

from __future__ import annotations

from materials.precheck.model import Context, Finding, Param, Severity
from materials.precheck.profiles.base import Facts, Profile

_SHORTEST_SECONDS = 1.0
_NOTHING_SECONDS = 0.1
"""Below this there is nothing to see or hear."""
_DURATION_OFF = 0.05


def _check(facts: Facts, context: Context, wanted: str) -> list[Finding]:
    media = facts["media"]
    if not media["readable"]:
        return [Finding("media_truncated" if media["truncated"] else "media_unreadable", "error")]
    findings: list[Finding] = []
    if media["truncated"]:
        findings.append(Finding("media_truncated", "error"))
    if not media[wanted]:
        findings.append(Finding("media_without_picture" if wanted == "video" else "media_without_sound", "error"))
    duration = media["duration"]
    if duration is None:
        return [*findings, Finding("media_duration_unknown", "warning", uncertain=True)]
    if duration < _SHORTEST_SECONDS:
        nothing = duration < _NOTHING_SECONDS
        severity: Severity = "error" if nothing else "warning"
        findings.append(Finding("media_too_short", severity, params={"seconds": round(duration, 1)}))
    stated = _seconds(context.get("duration_seconds", ""))
    if stated is not None and abs(stated - duration) > max(1.0, _DURATION_OFF * duration):
        params: dict[str, Param] = {"stated": _clock(stated), "found": _clock(round(duration))}
        findings.append(Finding("media_duration_differs", "warning", params=params))
    return findings


def _seconds(text: str) -> int | None:
    """``95``, ``1:35`` or ``0:01:35``; None for anything else."""
    parts = text.strip().replace("：", ":").split(":")
    if not 1 <= len(parts) <= 3 or not all(part.isascii() and part.isdigit() and len(part) < 7 for part in parts):
        return None
    seconds = 0
    for part in parts:
        seconds = seconds * 60 + int(part)
    return seconds


def _clock(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def check_audio(facts: Facts, context: Context) -> list[Finding]:
    """A recording as sample: it plays and its length is known."""
    return _check(facts, context, "audio")


def check_video(facts: Facts, context: Context) -> list[Finding]:
    """A film as sample: it plays, shows a picture, and its length is known."""
    return _check(facts, context, "video")


_GIBIBYTE = 2**30
PROFILES = (
    Profile("audio_sample", ("mp3", "wav", "flac", "ogg", "m4a", "mp4"), "media", check_audio, _GIBIBYTE),
    Profile("video_sample", ("mp4", "avi", "matroska"), "media", check_video, 2 * _GIBIBYTE),
)
