"""The worker of identity (``python -m chassis.worker identity``): images of real-name verifications, old passwords,
copies of one's own data, accounts that are closed."""

from __future__ import annotations

from chassis.runtime import Runtime
from chassis.work import Lane
from chassis.worker import Hand, Worker

from identity.closures.closing_worker import Closing
from identity.closures.store import CHANNEL as CLOSURES
from identity.exports.export_worker import Exporting
from identity.exports.store import CHANNEL as EXPORTS
from identity.legacy.wrapping import CHANNEL as OLD_PASSWORDS
from identity.legacy.wrapping import Wrapping
from identity.photos import photo_worker as photos
from identity.photos.store import CHANNEL as PHOTOS
from identity.verification.image_worker import check_one, remove_one
from identity.verification.inspection import HANDS, close_confined, draw_marked, draw_reduced, inspect_image
from identity.verification.placed import CHANNEL as PLACED
from identity.verification.placed_worker import check_photo, remove_photo
from identity.verification.store import CHANNEL

_EXPORTING = Exporting()
_CLOSING = Closing()
_LANE = Lane(hands=HANDS)


def step(runtime: Runtime) -> bool:
    """A submission that somebody waits for comes first, then bytes that must go."""
    return check_one(runtime, inspect_image, _LANE) or remove_one(runtime)


def photo_step(runtime: Runtime) -> bool:
    """The same of photographs that come with account recoveries."""
    return photos.draw_one(runtime, inspect_image, draw_marked) or photos.remove_one(runtime)


def placed_step(runtime: Runtime) -> bool:
    """The same of photos that are placed one by one, while their owner looks on."""
    return check_photo(runtime, inspect_image, draw_reduced) or remove_photo(runtime)


def _close() -> None:
    close_confined()
    _EXPORTING.close()
    _CLOSING.close()


WORKER = Worker(
    [
        *[Hand(CHANNEL, step)] * HANDS,
        Hand(PLACED, placed_step),
        Hand(PHOTOS, photo_step),
        Hand(OLD_PASSWORDS, Wrapping().step),
        Hand(EXPORTS, _EXPORTING.step),
        Hand(CLOSURES, _CLOSING.step),
    ],
    close=_close,
)
