"""What an extract states. Pure rules."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.forms import Registered

from archive.register.records import Record, fold, outdated


def registered(number: str, records: Sequence[Record], certified: int) -> Registered:
    """What the records of a number make of it; ``certified``: the record whose certificate is in force, 0 before
    there is one."""
    standing = fold(records)
    stated = standing.particulars.model_dump(mode="json")
    return Registered.model_validate(
        {name: value for name, value in stated.items() if name in Registered.model_fields}
        | {
            "registration_number": number,
            "record": standing.sequence,
            "status": standing.status,
            "registered_on": standing.registered_on,
            "certificate_outdated": bool(certified) and outdated(records, certified),
        }
    )
