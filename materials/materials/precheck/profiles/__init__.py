"""One module per profile: what a kind of material has to be."""

from __future__ import annotations

from materials.precheck.profiles import artwork_image, id_image, media, mixed, software, text_pdf
from materials.precheck.profiles.base import Profile

PROFILES: dict[str, Profile] = {
    profile.name: profile
    for family in (text_pdf, artwork_image, id_image, software, media, mixed)
    for profile in family.PROFILES
}


def profile_named(name: str) -> Profile:
    """Raises KeyError for an unknown profile."""
    return PROFILES[name]
