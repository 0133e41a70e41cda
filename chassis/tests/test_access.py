"""Who may do what for whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from chassis.access import acting_for, is_self, left_by, may, signer_in
from chassis.actor import ANONYMOUS, AUDIENCE, OWN_RIGHTS, Actor, Right, authenticate, issue_access_token, service_actor
from chassis.errors import Problem
from chassis.testing import Harness, organisation, person, staff_actor
from chassis.testing.sample.contracts import ADD, Add
from chassis.tokens import TokenSigner, Trust
from chassis.work import sender_of

RIGHTS: tuple[Right, ...] = get_args(Right)
AGENT = Actor("acc-agent", "natural_person", party="acc-firm", rights=frozenset({"read", "file"}))
READERS = frozenset({"archivist"})

# actor, party, right, roles of the office that may, what comes of it
CASES: list[tuple[Actor, str, Right, frozenset[str], bool]] = [
    (person("acc-1"), "acc-1", "read", frozenset(), True),
    (person("acc-1"), "acc-2", "read", frozenset(), False),
    (person("acc-1"), "acc-2", "read", READERS, False),
    (organisation("acc-firm"), "acc-firm", "sign", frozenset(), True),
    (AGENT, "acc-firm", "read", frozenset(), True),
    (AGENT, "acc-firm", "file", frozenset(), True),
    (AGENT, "acc-firm", "sign", frozenset(), False),
    (AGENT, "acc-firm", "manage", frozenset(), False),
    (AGENT, "acc-agent", "read", frozenset(), False),
    (AGENT, "acc-other", "read", frozenset(), False),
    (Actor("acc-agent", "organisation", party="acc-firm"), "acc-firm", "read", frozenset(), False),
    (Actor("acc-1", "natural_person", rights=frozenset({"read"})), "acc-1", "sign", frozenset(), True),
    (staff_actor("archivist"), "acc-1", "read", READERS, True),
    (staff_actor("archivist"), "acc-1", "pay", frozenset(), False),
    (staff_actor("cashier"), "acc-1", "read", READERS, False),
    (staff_actor("cashier", id="acc-s"), "acc-s", "read", READERS, True),
    (staff_actor("archivist"), "", "read", READERS, True),
    (Actor("acc-1", "natural_person", frozenset({"archivist"})), "acc-2", "read", READERS, False),
    (ANONYMOUS, "acc-1", "read", READERS, False),
    (ANONYMOUS, "anonymous", "read", frozenset(), False),
    (ANONYMOUS, "", "read", frozenset(), False),
    (Actor("anonymous", "anonymous", party="acc-1", rights=OWN_RIGHTS), "acc-1", "read", frozenset(), False),
    (service_actor("filing"), "acc-1", "read", READERS, False),
    (service_actor("filing"), "service:filing", "read", frozenset(), False),
    (service_actor("filing"), "", "read", frozenset(), False),
]


@pytest.fixture
def sample(service_harness: Callable[..., Harness]) -> Harness:
    return service_harness("chassis.testing.sample")


@pytest.mark.parametrize(("actor", "party", "right", "office", "allowed"), CASES)
def test_the_access_rule(actor: Actor, party: str, right: Right, office: frozenset[str], allowed: bool) -> None:
    assert may(actor, party, right, office=office) is allowed


@pytest.mark.parametrize("right", RIGHTS)
def test_people_have_every_right_for_themselves_and_none_for_others_unasked(right: Right) -> None:
    assert may(person("acc-1"), "acc-1", right)
    assert acting_for(person("acc-1"), right) == "acc-1"
    assert not may(person("acc-1"), "acc-2", right)
    assert not may(Actor("acc-1", "natural_person", party="acc-2"), "acc-2", right)


@pytest.mark.parametrize("actor", [ANONYMOUS, service_actor("filing")])
def test_nobody_acts_for_a_visitor_or_a_service(actor: Actor) -> None:
    assert actor.party == ""
    with pytest.raises(Problem, match="not_signed_in"):
        acting_for(actor, "read")
    with pytest.raises(Problem, match="not_signed_in"):
        _ = actor.signed_in_as


def test_what_is_made_and_listed_is_the_partys_and_takes_the_right() -> None:
    assert acting_for(AGENT, "file") == "acc-firm"
    with pytest.raises(Problem, match="forbidden"):
        acting_for(AGENT, "pay")


def test_a_person_is_themselves_whomever_they_act_for() -> None:
    assert is_self(AGENT, "acc-agent")
    assert is_self(AGENT, None, "acc-agent")
    assert not is_self(AGENT, "acc-firm")
    assert not is_self(AGENT, None)
    assert not is_self(AGENT)


def test_what_a_visitor_left_is_that_visitors() -> None:
    assert left_by("visitor:1", "visitor:1")
    assert not left_by("visitor:1", "visitor:2")
    assert not left_by("", "")


def test_work_is_served_by_turns_of_parties_not_of_hands() -> None:
    assert sender_of(AGENT, "").party == sender_of(organisation("acc-firm"), "").party == "acc-firm"


def test_evidence_says_who_signed_and_for_whom() -> None:
    assert may(signer_in({"sub": "acc-1", "kind": "natural_person"}), "acc-1", "sign")
    operator = signer_in({"sub": "acc-1", "kind": "organisation", "party": "acc-firm"})
    assert may(operator, "acc-firm", "sign")
    assert not may(operator, "acc-1", "sign")
    assert not may(operator, "acc-firm", "manage")
    assert not may(signer_in({}), "", "sign")


NAMED = Actor("acc-2", "staff", frozenset({"examiner"}), name="李审查")


@pytest.mark.parametrize("actor", [person("acc-1"), organisation(), staff_actor("examiner"), NAMED, AGENT])
def test_a_token_carries_who_acts_and_for_whom(actor: Actor, keys: Path) -> None:
    token = issue_access_token(TokenSigner.load(keys, "identity"), actor, 60)
    assert authenticate(Trust.load(keys), token) == actor


def test_a_token_names_nobody_but_staff(keys: Path) -> None:
    claims = {"sub": "acc-1", "kind": "natural_person", "name": "王小明"}
    token = TokenSigner.load(keys, "identity").sign(claims, audience=AUDIENCE, ttl=60)
    assert authenticate(Trust.load(keys), token).name == ""
    issued = issue_access_token(TokenSigner.load(keys, "identity"), replace(person("acc-1"), name="王小明"), 60)
    assert "name" not in Trust.load(keys).verify(issued, audience=AUDIENCE)


def test_a_token_of_an_earlier_release_is_for_its_subject(keys: Path) -> None:
    claims = {"sub": "acc-1", "kind": "natural_person", "roles": [], "sid": "ses-1"}
    token = TokenSigner.load(keys, "identity").sign(claims, audience=AUDIENCE, ttl=60)
    actor = authenticate(Trust.load(keys), token)
    assert (actor.subject, actor.party) == ("acc-1", "acc-1")
    assert may(actor, "acc-1", "sign")


def test_a_right_of_a_later_release_is_nobodys_here(keys: Path) -> None:
    claims = {"sub": "acc-1", "kind": "natural_person", "party": "acc-2", "rights": ["read", "inherit"]}
    token = TokenSigner.load(keys, "identity").sign(claims, audience=AUDIENCE, ttl=60)
    assert authenticate(Trust.load(keys), token).rights == {"read"}


def test_the_audit_names_who_acted_and_for_whom(sample: Harness) -> None:
    for actor in (AGENT, person("acc-1"), None):
        with sample.uow(actor) as uow:
            uow.audit("thing.change", subject="thing-1")
    rows = sample.as_owner("SELECT actor, party FROM audit WHERE action = 'thing.change' ORDER BY id")
    assert rows == [("acc-agent", "acc-firm"), ("acc-1", "acc-1"), ("service:sample", "")]


def test_a_request_id_is_its_senders_and_one_request_for_two_parties_is_two_things_asked(sample: Harness) -> None:
    myself, add = Actor("acc-agent", "natural_person"), Add(counter="a", amount=1)
    assert sample.call(ADD, add, AGENT, "req-1").total == sample.call(ADD, add, AGENT, "req-1").total == 1
    with pytest.raises(Problem, match="idempotency_key_reused"):
        sample.call(ADD, add, myself, "req-1")
    assert sample.call(ADD, add, organisation("acc-firm"), "req-1").total == 2
