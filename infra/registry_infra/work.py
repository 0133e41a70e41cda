"""`./registry work`: what waits in the services' queues of leased work, what was parked, and its release."""

from collections.abc import Iterator

from chassis.work import parking

from registry_infra.events import EventBoxes

ACTIONS = ("summary", "parked", "release")


def told(boxes: list[EventBoxes], action: str, keys: list[str]) -> Iterator[str]:
    """The lines of one of the ``ACTIONS``; ``keys`` of pieces are for ``release``."""
    if action == "release":
        return released(boxes, keys)
    return parked(boxes) if action == "parked" else summary(boxes)


def summary(boxes: list[EventBoxes]) -> Iterator[str]:
    """One line for each queue."""
    yield f"{'':<30}{'waiting':>10}{'in hands':>10}{'parked':>10}"
    for box in boxes:
        with box.session() as session:
            found = parking.counts(session)
        for queue in found:
            yield f"{f'{box.service} {queue.queue}':<30}{queue.waiting:>10}{queue.held:>10}{queue.parked:>10}"


def parked(boxes: list[EventBoxes]) -> Iterator[str]:
    """What waits for a person: how often it was tried, and why it could not be done."""
    found = False
    for box in boxes:
        with box.session() as session:
            pieces = parking.parked(session)
        for piece in pieces:
            found = True
            yield (
                f"{box.service} {piece.key}: of {piece.queue}, sent {piece.queued_at:%Y-%m-%d %H:%M:%S %Z}, "
                f"{piece.attempts} attempts, parked {piece.parked_at:%Y-%m-%d %H:%M:%S %Z}"
            )
            yield f"    {piece.error}"
    yield "Have it tried again with ./registry work release [SERVICE [NAME …]]." if found else "Nothing is parked."


def released(boxes: list[EventBoxes], keys: list[str]) -> Iterator[str]:
    """Gives parked pieces back to the workers, with all their attempts."""
    for box in boxes:
        with box.session() as session:
            count = parking.release(session, keys)
        yield f"{box.service}: {count} pieces will be tried again."
