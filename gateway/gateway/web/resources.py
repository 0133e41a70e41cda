"""What the gateway process holds, reached from any request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from chassis.objects import UploadStaging
from chassis.rpc.client import RpcClient
from chassis.runtime import Runtime
from chassis.tokens import Trust
from flask import current_app
from sqlalchemy import Engine

from gateway.settings import GatewaySettings
from gateway.web.many_queries import ManyQueries
from gateway.web.revocation import Revocations
from gateway.web.sessions import SessionTable

EXTENSION = "resources"


@dataclass(frozen=True)
class Resources:
    """Made once by the app factory, shared by all threads."""

    settings: GatewaySettings
    runtime: Runtime
    staging: UploadStaging
    sessions: SessionTable
    rpc: RpcClient
    progress: ManyQueries
    revocations: Revocations

    @property
    def trust(self) -> Trust:
        return self.runtime.trust

    @property
    def engine(self) -> Engine:
        return self.runtime.engine


def resources() -> Resources:
    """Of the application that answers this request. ``RuntimeError`` outside of one."""
    return cast(Resources, current_app.extensions[EXTENSION])
