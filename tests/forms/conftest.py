"""Who fills in forms, in the system of one process."""

from __future__ import annotations

import pytest

from tests.forms.filers import Filer
from tests.one_process import System


@pytest.fixture(scope="session")
def person(system: System) -> Filer:
    return Filer.person(system)


@pytest.fixture(scope="session")
def company(system: System) -> Filer:
    return Filer.organisation(system)
