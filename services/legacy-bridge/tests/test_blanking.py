"""No form of an old password is left in what the bridge keeps of a row."""

from __future__ import annotations

import pytest
from legacy_bridge.imports.blanking import blanked, without
from legacy_bridge.imports.model import judge, originals, originals_of
from legacy_bridge.mappings import mapping_of
from legacy_bridge.sources import Row

pytestmark = pytest.mark.requirement("L-05")

HASH = b"d41d8cd98f00b204e9800998ecf8427e"
CASES = [
    (b"wang," + HASH + b",1990-01-02\r\n", ["wang", HASH.decode(), "1990-01-02"]),
    (b"wang," + HASH + b"," + HASH.upper() + b"\r\n", ["wang", HASH.decode(), HASH.upper().decode()]),
    (b'wang,"ab""cdefgh",1990\r\n', ["wang", 'ab"cdefgh', "1990"]),
    (b"wang,1,11111\r\n", ["wang", "1", "11111"]),
    ("wang,口令口令口令口令,1990\r\n".encode("gb18030"), ["wang", "口令口令口令口令", "1990"]),
    (b"wang,1B2M2Y8AsgTpgAmY7PhCfg==,1990\r\n", ["wang", "1B2M2Y8AsgTpgAmY7PhCfg==", "1990"]),
]


@pytest.mark.parametrize(("raw", "values"), CASES)
def test_the_column_is_blank_and_the_rest_is_kept(raw: bytes, values: list[str]) -> None:
    found = blanked(raw, values, [1])
    assert values[1].encode("gb18030") not in found.replace(b"11111", b"")
    assert HASH not in found.lower()
    assert found.startswith(b"wang")
    assert without(values, [1]) == [values[0], "", values[2]]


@pytest.mark.parametrize(
    "raw",
    [
        b"wang," + HASH + b",\xd6",
        b"wang," + HASH[:5],
        b"wang\x00," + HASH.upper() + b",b",
        b"wang,1B2M2Y8AsgTpgAmY7PhCfg==,\xd6",
        b'"wang,' + HASH[:20] + b"\r\n",
    ],
)
def test_of_a_row_that_cannot_be_read_no_piece_of_a_hash_is_kept(raw: bytes) -> None:
    found = blanked(raw, [], [1]).lower()
    assert len(found) == len(raw)
    assert b"wang" in found
    assert HASH[:5] not in found
    assert b"1b2m2y" not in found


def test_rows_without_secrets_stay_as_they_are() -> None:
    mapping = mapping_of("cases")
    plan = mapping.plan([field.columns[0] for field in mapping.fields])
    row = Row(1, 0, HASH, (), "row_unreadable")
    assert originals_of(originals([judge(plan, "cases", row)], plan.secrets)).raws == [HASH]
