"""Uploads whose connections are cut and whose gateways' workers are killed arrive whole.

``REGISTRY_CUTS=full`` runs the large campaign: 1,000 cuts over 20 uploads.
"""

from __future__ import annotations

import os

import pytest
from gateway.testing import GatewayProcess

from tests.load.cuts import CHUNK, campaign

FULL = os.environ.get("REGISTRY_CUTS") == "full"
UPLOADS, CUTS, SIZE = (20, 1000, 40 * CHUNK) if FULL else (6, 60, 8 * CHUNK)
KILL_EVERY = 12


@pytest.mark.requirement("F-08")
@pytest.mark.requirement("S-02")
def test_every_upload_arrives_whole_through_random_cuts_and_killed_workers(gateways: list[GatewayProcess]) -> None:
    outcome = campaign(gateways, uploads=UPLOADS, cuts=CUTS, kill_every=KILL_EVERY, size=SIZE)
    print(outcome)
    assert outcome.wrong == []
    assert outcome.cuts == CUTS
    assert outcome.workers_killed > 0
    assert outcome.sent_again <= CHUNK
