"""Images of identity documents; the same measurements that identity applies to real-name verification."""

from __future__ import annotations

from collections.abc import Callable

from materials.inspect import photo
from materials.inspect.image import ImageFacts
from materials.precheck.model import Context, Finding
from materials.precheck.profiles.base import Facts, Profile


def _check_with(rules: photo.PhotoRules) -> Callable[[Facts, Context], list[Finding]]:
    def check(facts: Facts, context: Context) -> list[Finding]:
        if "image" not in facts:
            return [Finding("photo_damaged", "error")]
        quality = photo.PhotoQuality(**facts["quality"]) if "quality" in facts else None
        return [Finding(**found) for found in photo.judge(ImageFacts(**facts["image"]), quality, rules)]

    return check


check_document = _check_with(photo.DOCUMENT)

_MAX_BYTES = 20 * 2**20
PROFILES = (
    Profile("id_image", photo.ACCEPTED, "photo", _check_with(photo.ID_SIDE), _MAX_BYTES),
    Profile("handheld_photo", photo.ACCEPTED, "photo", _check_with(photo.HAND_HELD), _MAX_BYTES),
    Profile("document_image", photo.ACCEPTED, "photo", check_document, _MAX_BYTES),
)
