"""The verified identity under which somebody files, as far as forms need it."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.forms import Owner


@dataclass(frozen=True)
class Applicant:
    """The verified identity of the account that files, as far as forms need it."""

    name: str
    kind: str
    id_type: str
    masked_id_number: str

    def as_owner(self, entry: Owner | None = None) -> Owner:
        """The applicant's own entry among the owners: identity comes from verification, the rest from the form."""
        place = entry or Owner(name=self.name)
        return Owner(
            name=self.name,
            kind="organisation" if self.kind == "organisation" else "natural_person",
            nationality=place.nationality,
            province=place.province,
            city=place.city,
            id_type=self.id_type,
            masked_id_number=self.masked_id_number,
            applicant=True,
        )
