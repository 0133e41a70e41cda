"""What was done with the rights of a registration before, in the line of each record and beside each right that can be
chosen."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.dealings import TRANSFERABLE
from gateway.forms import testing
from gateway.forms.dealt import marks_of

pytestmark = pytest.mark.requirement("F-01")
WHO = {"name": "吴启明"}


def dealing(act: str, **changes: Any) -> dict[str, Any]:
    facts = {"number": f"{act}-1", "act": act, "grantees": [WHO], "rights": ["reproduction"], "begins": "2026-06-01"}
    return facts | changes


def told(*dealings: dict[str, Any], own: str = "") -> dict[str, str]:
    register = {"rights": list(TRANSFERABLE["work"]), "own": [own], "stated_on": "2026-12-01"}
    with testing.application().test_request_context("/"):
        return dict(marks_of(register | {"dealings": list(dealings)}))


def test_each_right_says_whose_it_is_and_what_lies_on_it() -> None:
    sold = dealing("assigned")
    assert told() == {}
    assert told(sold) == {"reproduction": "不在您名下：assigned-1"}
    theirs = told(sold, own="assigned-1")
    assert "reproduction" not in theirs
    assert theirs["adaptation"] == "不在您名下：著作权人"
    for part in ({"ends": "2026-12-31"}, {"territory": {"extent": "provinces", "provinces": ["湖北"]}}):
        assert told(sold | part) == {"reproduction": "有的地域或者期限不在您名下：assigned-1"}, part
    lying = told(dealing("licensed"), dealing("pledged", rights=["reproduction", "other"]))
    assert lying == {"reproduction": "已专有许可：licensed-1；已出质：pledged-1", "other": "已出质：pledged-1"}
    with testing.application().test_request_context("/"):
        assert marks_of(None) == marks_of({"rights": 1}) == {}
