"""The CloudEvents 1.0 envelope of every event (structured JSON, https://cloudevents.io)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Envelope(BaseModel):
    """A CloudEvents 1.0 event.

    Extension attributes: ``sequence`` counts the source's events about one subject from 1; ``history`` says, per event
    name, the last sequence number before this one (``application_submitted=1,order_created=2``), so that a consumer
    knows which earlier events to wait for; ``traceparent`` is W3C trace context; ``actor`` is who caused it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str
    sequence: int = Field(ge=1)
    history: str = ""
    actor: str
    traceparent: str | None = None
    data: dict[str, Any]

    @property
    def name(self) -> str:
        """Event name without service and version: ``application_accepted``."""
        return self.type.split(".")[1]

    def predecessors(self) -> dict[str, int]:
        """Last earlier sequence number per event name."""
        pairs = (item.split("=") for item in self.history.split(",") if item)
        return {name: int(number) for name, number in pairs}
