"""The issuing worker (``python -m chassis.worker archive``): makes certificates, seals what was signed, checks files,
publishes the gazette.

Each has hands of its own: no number of files to seal or to check delays a certificate. Of the hands that
check, visitors have one.
"""

from __future__ import annotations

from chassis.runtime import Runtime
from chassis.work import Lane, Rank
from chassis.worker import Hand, Worker

from archive.authenticity import model as authenticity
from archive.authenticity.checking import HANDS, check_next, close_confined
from archive.certificates import model as certificates
from archive.certificates.issuing import issue_next
from archive.gazette import model as gazette
from archive.gazette.publishing import publish_next
from archive.signatures import model as signatures
from archive.signatures.sealing import seal_next

ISSUING = Lane()
SEALING = Lane()
EVERYBODY = Lane()
SIGNED_IN = Lane(lowest=Rank.SIGNED_IN)
CHECKING = (EVERYBODY, SIGNED_IN)


def _checks(lane: Lane) -> Hand:
    def step(runtime: Runtime) -> bool:
        return check_next(runtime, lane)

    return Hand(authenticity.CHANNEL, step)


WORKER = Worker(
    [
        Hand(certificates.CHANNEL, lambda runtime: issue_next(runtime, ISSUING)),
        Hand(signatures.CHANNEL, lambda runtime: seal_next(runtime, SEALING)),
        Hand(gazette.CHANNEL, publish_next),
        *map(_checks, CHECKING),
    ],
    close=close_confined,
)
assert len(CHECKING) == HANDS
