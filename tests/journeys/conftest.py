"""Who takes part in the journeys."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from registry_infra.portal import Portal, Refused

from tests.journeys.people import Person
from tests.staff import Staff

Problem = Callable[..., dict[str, object]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs the running system."""
    for item in items:
        if "tests/journeys" in item.path.as_posix():
            item.add_marker(pytest.mark.stack)


@pytest.fixture
def newcomer(visitor: Portal, staff: Staff) -> Person:
    """Somebody who has not signed up yet."""
    return Person(visitor, staff)


@pytest.fixture(scope="session")
def author(visitor: Portal, staff: Staff) -> Person:
    """A verified person, for journeys that begin at the draft."""
    return Person(visitor, staff).sign_up().verify()


@pytest.fixture(scope="session")
def stranger(visitor: Portal, staff: Staff) -> Person:
    """Another verified person, who has nothing to do with the author."""
    return Person(visitor, staff).sign_up().verify()


@pytest.fixture
def problem() -> Problem:
    """Calls, and gives the problem that the portal answers with; fails when it answers with anything else."""

    def ask(portal: Portal, method: str, path: str, body: object = None, **options: object) -> dict[str, object]:
        with pytest.raises(Refused) as refused:
            portal.call(method, path, body, **options)
        document = refused.value.problem
        assert document["status"] == refused.value.status
        assert document["title"]
        assert document["remedy"]
        assert document["detail"] == f"{document['title']}{document['remedy']}"
        for error in document.get("errors", ()):
            assert error["field"]
            assert error["message"]
        return document

    return ask
