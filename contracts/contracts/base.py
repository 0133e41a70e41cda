"""The vocabulary of contracts: models, RPC methods, events and who may call what."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

SERVICES = ("identity", "filing", "payment", "archive", "legacy_bridge")

StaffRole = Literal[
    "reviewer",
    "intake",
    "examiner",
    "senior_examiner",
    "cashier",
    "archivist",
    "customer_service",
    "administrator",
]
STAFF_ROLES: tuple[StaffRole, ...] = StaffRole.__args__  # type: ignore[attr-defined]  # typing keeps the values here


class Model(BaseModel):
    """Base of everything that crosses a boundary: immutable, and unknown fields are refused.

    A model names the fields that need care, ``class SignIn(Model, secret=("password", "otp"), added=("client",))``:

    - *secret* opens something (passwords, codes, tokens, keys): a reply that holds one is never kept.
    - *personal* says who somebody is or how to reach them: a kept reply that holds one is sealed.
    - *added* by the gateway and not the caller's words (network address, language of the page): a request that is
      repeated from elsewhere is the same request.

    The first two are shown neither by ``repr`` nor by the text of a validation error.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    secret_fields: ClassVar[frozenset[str]] = frozenset()
    personal_fields: ClassVar[frozenset[str]] = frozenset()
    added_fields: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(
        cls,
        *,
        secret: Collection[str] = (),
        personal: Collection[str] = (),
        added: Collection[str] = (),
        **options: Any,
    ) -> None:
        super().__init_subclass__(**options)
        cls.secret_fields |= frozenset(secret)
        cls.personal_fields |= frozenset(personal)
        cls.added_fields |= frozenset(added)

    @classmethod
    def __pydantic_init_subclass__(cls, **options: Any) -> None:
        super().__pydantic_init_subclass__()
        if unknown := (cls.secret_fields | cls.personal_fields | cls.added_fields) - cls.model_fields.keys():
            raise TypeError(f"{cls.__name__} has no fields {', '.join(sorted(unknown))}")

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """What must not be told is left out, so that no log or traceback tells it."""
        untold = self.secret_fields | self.personal_fields
        return [(name, "…" if name in untold and value else value) for name, value in super().__repr_args__()]


Identifier = Annotated[str, Field(max_length=64)]
"""An identifier that we gave, as its holder says it back."""
Token = Annotated[str, Field(max_length=8192)]
"""A signed token (receipt, evidence, refresh token), as its holder sends it back."""
Client = Annotated[str, Field(max_length=100)]
"""A network address, or the anonymous session behind a request."""
Version = Annotated[int, Field(ge=0, lt=1 << 31)]


class Empty(Model):
    """A request or reply without content."""


@dataclass(frozen=True)
class Access:
    """Who may call an RPC method. The callee checks it against the actor's own signed token."""

    anonymous: bool = False
    accounts: bool = False
    roles: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()

    @property
    def public(self) -> bool:
        return self.anonymous


ANONYMOUS = Access(anonymous=True, accounts=True, roles=frozenset(STAFF_ROLES), services=frozenset({"gateway"}))
ACCOUNT = Access(accounts=True)
SIGNED_IN = Access(accounts=True, roles=frozenset(STAFF_ROLES))


def staff(*roles: StaffRole) -> Access:
    """Staff holding at least one of the roles."""
    return Access(roles=frozenset(roles))


def service(*names: str) -> Access:
    """Only the named services, acting with their own token."""
    return Access(services=frozenset(names))


RequestT = TypeVar("RequestT", bound=Model)
ReplyT = TypeVar("ReplyT", bound=Model)


@dataclass(frozen=True)
class RpcMethod(Generic[RequestT, ReplyT]):
    """One RPC method: ``service.name(request) -> reply``.

    A *command* runs once per ``request_id``: repeated, it is answered with the stored reply. ``keep_reply=False`` is
    for replies that carry secrets (tokens), or that are large and come often (a whole draft at each save): these are
    never stored, and the command must be safe to repeat by itself.
    A reply with personal data is stored sealed.
    """

    service: str
    name: str
    request: type[RequestT]
    reply: type[ReplyT]
    access: Access
    kind: Literal["command", "query"] = "query"
    keep_reply: bool = True
    sandbox_only: bool = False

    @property
    def full_name(self) -> str:
        return f"{self.service}.{self.name}"


EventT = TypeVar("EventT", bound=Model)


@dataclass(frozen=True)
class EventType(Generic[EventT]):
    """One event: who says it, what it carries, and which services must have a queue for it.

    ``consumers`` are service names; the topology job declares ``evt-<source>-<name>--<consumer>.on_<name>`` for each.
    ``subject`` names the field of ``data`` that identifies what the event is about: order is kept per subject.
    ``public`` events may be heard by services of other teams: they carry no name, number or words of a person.
    """

    source: str
    name: str
    data: type[EventT]
    subject: str
    consumers: tuple[str, ...]
    version: int = 1
    public: bool = False

    @property
    def type(self) -> str:
        return f"{self.source}.{self.name}.v{self.version}"

    @property
    def exchange(self) -> str:
        return f"{self.source}.events"

    def queue(self, consumer: str) -> str:
        """Queue name as nameko makes it for ``@event_handler`` in a service pool."""
        return f"evt-{self.source}-{self.name}--{consumer}.on_{self.name}"
