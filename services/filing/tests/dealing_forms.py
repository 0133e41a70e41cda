"""Forms of contracts, pledges and releases: whole ones, and every way to break them with what is found then."""

from __future__ import annotations

from typing import Any

from contracts.dealings import TRANSFERABLE

from .change_forms import Broken, registered

COMPANY = {
    "name": "绿野文化有限公司",
    "kind": "organisation",
    "id_type": "uscc",
    "masked_id_number": "91350100M000100Y43",
}
OWNERS = [{"name": "王小名", "kind": "natural_person", "nationality": "中国"}]


def known(kind: str = "work", **changes: Any) -> dict[str, Any]:
    """As the register says it to its owner."""
    standing = registered(kind, rights=list(TRANSFERABLE[kind]), own=[""], stated_on="2026-11-23")
    return standing | {"holders": standing["owners"]} | changes


def earlier(act: str, **changes: Any) -> dict[str, Any]:
    """What was done with the rights before: all of them, in China, for good."""
    facts = {"number": f"{act}-1", "act": act, "grantees": [{"name": "江城银行"}], "rights": ["reproduction", "other"]}
    return facts | {"territory": {"extent": "china"}, "begins": "2026-06-01"} | changes


TERM = {"term_begins": "2026-11-01", "term_ends": "2027-10-31"}
CLAIM = {"claim_amount": "1200000.50", "claim_begins": "2026-11-01", "claim_ends": "2027-10-31"}
OF_ITS_OWN = {"assignment": {"term_begins": "2026-11-01"}, "licence": TERM, "pledge": CLAIM}


def form(procedure: str = "assignment", kind: str = "work", **changes: Any) -> dict[str, Any]:
    """A whole form: all rights, everywhere."""
    return {
        "on_register": known(kind),
        "grantees": [COMPANY],
        "contract_number": "合2026-7",
        "contract_date": "2026-10-20",
        "price": "100000",
    } | (OF_ITS_OWN[procedure] | changes)


def release(**changes: Any) -> dict[str, Any]:
    """Of the one pledge that a bank has."""
    standing = known(role="pledgee", own=["pledged-1"], dealings=[earlier("pledged")], holders=[])
    return {"on_register": standing, "release_reason": "paid"} | changes


def termination(**changes: Any) -> dict[str, Any]:
    """Of the one exclusive licence that a bank has."""
    standing = known(role="licensee", own=["licensed-1"], dealings=[earlier("licensed")], holders=[])
    return {"on_register": standing, "termination_reason": "agreed"} | changes


PART = {"rights_scope": "partial"}
OF_ALL: Broken = [
    ({"on_register": {}}, {("on_register.registration_number", "required")}),
    ({"on_register": known(status="revoked")}, {("on_register", "registration_not_valid")}),
    ({"grantees": []}, {("grantees", "required")}),
    ({"grantees": [COMPANY | {"id_type": ""}]}, {("grantees.0.id_type", "required")}),
    ({"grantees": [COMPANY | {"masked_id_number": ""}]}, {("grantees.0.masked_id_number", "required")}),
    ({"grantees": [COMPANY | {"name": ""}]}, {("grantees.0.name", "required")}),
    ({"grantees": [COMPANY, COMPANY]}, {("grantees.1.name", "duplicate")}),
    ({"grantees": [COMPANY | {"name": "王小名"}]}, {("grantees.0.name", "grantee_is_grantor")}),
    ({"rights": ["reproduction"]}, {("rights", "not_applicable")}),
    (PART, {("rights", "required")}),
    (PART | {"rights": ["other", "attribution"]}, {("rights.1", "right_not_transferable")}),
    (
        PART | {"rights": ["translation"], "on_register": known(rights=["other"])},
        {("rights.0", "right_not_registered")},
    ),
    ({"contract_number": ""}, {("contract_number", "required")}),
    ({"contract_date": "2027-01-01"}, {("contract_date", "date_in_future")}),
    ({"filing_mode": "agent"}, {("filing_mode", "filing_mode_not_open")}),
    ({"on_register": known(own=[])}, {("rights_scope", "rights_of_owner")}),
    ({"on_register": known(dealings=[earlier("assigned")])}, {("rights_scope", "rights_not_held")}),
    (
        PART | {"rights": ["other"], "on_register": known(dealings=[earlier("assigned")])},
        {("rights", "rights_not_held")},
    ),
]
OF_TERMS: Broken = [
    ({"territory": {"extent": "provinces"}}, {("territory.provinces", "required")}),
    ({"territory": {"extent": "china", "provinces": ["北京"]}}, {("territory.provinces", "not_applicable")}),
    ({"term_begins": None}, {("term_begins", "required")}),
    (TERM | {"term": "limited", "term_ends": None}, {("term_ends", "required")}),
    (TERM | {"term": "limited", "term_ends": "2026-10-31"}, {("term_ends", "term_reversed")}),
    (TERM | {"term": "limited", "term_ends": "2026-11-22"}, {("term_ends", "term_over")}),
]
BROKEN: dict[str, Broken] = {
    "assignment": [
        *OF_ALL,
        *OF_TERMS,
        ({"contract_date": None}, {("contract_date", "required")}),
        ({"term_ends": "2027-10-31"}, {("term_ends", "not_applicable")}),
        ({"term_begins": "2026-11-24"}, {("term_begins", "date_in_future")}),
    ],
    "licence": [
        *OF_ALL,
        *(({name: value for name, value in changes.items() if name != "term"}, found) for changes, found in OF_TERMS),
        (
            {"on_register": known(dealings=[earlier("licensed", begins="2027-10-31")])},
            {("rights_scope", "rights_licensed")},
        ),
    ],
    "pledge": [
        *OF_ALL,
        ({"claim_amount": ""}, {("claim_amount", "required")}),
        ({"claim_amount": "一百万"}, {("claim_amount", "amount_format")}),
        ({"claim_amount": "1.005"}, {("claim_amount", "amount_format")}),
        ({"claim_amount": "0"}, {("claim_amount", "amount_format")}),
        ({"claim_begins": None}, {("claim_begins", "required")}),
        ({"claim_ends": None}, {("claim_ends", "required")}),
        ({"claim_ends": "2026-10-31"}, {("claim_ends", "term_reversed")}),
        # Over a licence that has expired: who had it holds nothing.
        (
            {
                "on_register": known(
                    own=["licensed-1"], role="holder", dealings=[earlier("licensed", ends="2026-10-30")]
                )
            },
            {("rights_scope", "rights_of_owner")},
        ),
        # Over what was held for a time that is over, or is over before the pledge is.
        (
            {
                "on_register": known(
                    own=["assigned-1"], role="holder", dealings=[earlier("assigned", ends="2026-10-30")]
                )
            },
            {("rights_scope", "rights_of_owner")},
        ),
    ],
}
RELEASES: Broken = [
    ({"release_reason": None}, {("release_reason", "required")}),
    ({"pledge": "别人的"}, {("pledge", "pledge_not_yours")}),
    ({"on_register": known(own=["a", "b"], dealings=[])}, {("pledge", "required")}),
]
TERMINATIONS: Broken = [
    ({"termination_reason": None}, {("termination_reason", "required")}),
    ({"termination_reason": "paid"}, {("termination_reason", "not_in_list")}),
    ({"licence_number": "别人的"}, {("licence_number", "licence_not_yours")}),
    ({"on_register": known(own=["a", "b"], dealings=[])}, {("licence_number", "required")}),
    # A pledge is released, and not terminated.
    ({"on_register": known(own=["pledged-1"], dealings=[earlier("pledged")])}, {("licence_number", "required")}),
]
__all__ = [
    *("BROKEN", "COMPANY", "RELEASES", "TERMINATIONS", "Found"),
    *("earlier", "form", "known", "release", "termination"),
]
