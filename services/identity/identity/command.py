"""``./registry first-administrators``: with identity's own settings (``python -m identity.command LOGIN=NAME …``)."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from chassis.runtime import Runtime
from chassis.settings import Settings
from chassis.telemetry import configure_logging

from identity.personnel.first import FirstRefused, first_administrators


def main(words: Sequence[str]) -> int:
    """Exit status 0 with a code for each person on standard output; 1 with a sentence on standard error."""
    configure_logging("first-administrators", "WARNING")
    runtime = Runtime(Settings.from_environment())
    try:
        return invite(runtime, words)
    finally:
        runtime.close()


def invite(runtime: Runtime, words: Sequence[str]) -> int:
    people = [(login, name) for login, _equals, name in (word.partition("=") for word in words)]
    try:
        with runtime.unit_of_work() as uow:
            codes = first_administrators(uow, people)
    except FirstRefused as refused:
        print(f"registry: {refused}.", file=sys.stderr)
        return 1
    for made in codes:
        print(f"{made.login}: {made.code}   (good once, until {made.until:%Y-%m-%d %H:%M} UTC)")
    place = f"{runtime.settings.public_url}/staff-set-up"
    print(f"Each opens {place} with their code, chooses a password and an authenticator.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
