"""The register's search gives what a comparison of every row would, and asks an index for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from archive.register.searching import holds
from archive.register.store import RegisterEntry
from chassis.testing import Harness
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql

pytestmark = pytest.mark.requirement("A-06")
letters = st.sampled_from(list("软件管理系统𬱖ab%_\\'\"\n \u0301，{}"))
contents = st.text(letters | st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=contents, asked=st.text(letters, max_size=4), at=st.integers(0, 11), length=st.integers(0, 4))
@example(content="软件", asked="件软", at=0, length=1)
@example(content="软件和件管", asked="软件管", at=4, length=1)
def test_a_search_finds_what_a_comparison_of_every_row_would(
    archive: Harness, registered: Callable[..., str], content: str, asked: str, at: int, length: int
) -> None:
    with archive.uow() as uow:
        if uow.session.scalars(select(RegisterEntry)).first() is None:
            registered()
    with archive.uow() as uow:
        uow.session.execute(text("SET LOCAL enable_seqscan = off"))
        uow.session.execute(text("UPDATE register_entries SET searched = :content"), {"content": content})
        for q in (asked, content[at : at + length]):
            found = uow.session.scalars(select(RegisterEntry.searched).where(holds(q))).all()
            assert found == ([content] if q in content else []), q


@pytest.mark.parametrize("q", ["件", "软件", "文档管理"])
def test_a_search_of_one_character_or_more_asks_the_index(
    archive: Harness, registered: Callable[..., str], q: str
) -> None:
    registered()
    query = select(RegisterEntry.registration_number).where(holds(q))
    statement = query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
    with archive.uow() as uow:
        uow.session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(uow.session.scalars(text(f"EXPLAIN {statement}".replace(":", "\\:"))))
    assert "ix_register_entries_searched" in plan
