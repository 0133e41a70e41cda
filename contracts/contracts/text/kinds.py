"""Kinds of text for the fields of contracts: ``title: Annotated[str, Title(200)]``.

Each brings what was typed into its one form and then bounds it, in characters. What is far too long is refused as it
came, unread: bringing text into form must not be the work that keeps a service busy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from contracts.text import lines, names, numbers

SLACK = 256
"""Invisible characters and blanks that may come on top of twice the limit."""


@dataclass(frozen=True)
class _Kind:
    maximum: int
    minimum: int = 0

    def normal(self, text: str) -> str:
        raise NotImplementedError

    def read(self, value: Any) -> Any:
        if not isinstance(value, str) or len(value) > 2 * self.maximum + SLACK:
            return value
        return self.normal(value)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        bounded = core_schema.str_schema(max_length=self.maximum, min_length=self.minimum or None)
        return core_schema.no_info_before_validator_function(self.read, bounded)


class Line(_Kind):
    """Text on one line: places, addresses, subjects."""

    def normal(self, text: str) -> str:
        return lines.line(text)


class Title(_Kind):
    """What a work or a program is called, without marks 《》 around it."""

    def normal(self, text: str) -> str:
        return lines.title(text)


class Paragraphs(_Kind):
    """Text that keeps its line breaks: descriptions, answers, reasons."""

    def normal(self, text: str) -> str:
        return lines.paragraphs(text)


class Name(_Kind):
    """The name of a person or an organisation."""

    def normal(self, text: str) -> str:
        return names.name(text)


class Compact(_Kind):
    """An identity number, credit code, postcode or case number that is typed or scanned."""

    def normal(self, text: str) -> str:
        return numbers.compact(text)


class Masked(_Kind):
    """An identity number of which only the ends are kept, whoever sends it."""

    def normal(self, text: str) -> str:
        return numbers.masked(text)


class Mobile(_Kind):
    """A telephone number; whether it is a mobile is for those who use it to say."""

    def normal(self, text: str) -> str:
        return numbers.mobile(text)


class Email(_Kind):
    """An e-mail address, not checked."""

    def normal(self, text: str) -> str:
        return numbers.email(text)


class Login(_Kind):
    """An account name, mobile number or e-mail address to sign in with."""

    def normal(self, text: str) -> str:
        return numbers.login(text)


@dataclass(frozen=True)
class Password:
    """Kept as it came, since older hashes were made of that; the form that is hashed keeps the limit too."""

    maximum: int

    def read(self, value: str) -> str:
        """The password as typed; counted as it is compared. Error ``string_too_long``."""
        if len(numbers.password(value)) > self.maximum:
            raise PydanticCustomError("string_too_long", "too long", {"max_length": self.maximum})
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        bounded = core_schema.str_schema(max_length=self.maximum)
        return core_schema.no_info_after_validator_function(self.read, bounded)


class OneTimeCode(Compact):
    """A code from a message or an authenticator."""
