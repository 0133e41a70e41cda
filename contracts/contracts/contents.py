"""What a model holds, down through its fields: whether anything in it is secret, or about a person."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel

from contracts.base import Model


@cache
def models_in(model: type[BaseModel]) -> frozenset[type[BaseModel]]:
    """The model and every model that one of its fields may hold."""
    found = {model}
    waiting = [model]
    while waiting:
        for field in waiting.pop().model_fields.values():
            new = set(_models_of(field.annotation)) - found
            found |= new
            waiting += new
    return frozenset(found)


def _models_of(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_of(argument)


@cache
def has_secrets(model: type[BaseModel]) -> bool:
    """Whether a password, code or token is anywhere in it: such replies are kept by nobody."""
    return any(issubclass(part, Model) and part.secret_fields for part in models_in(model))


@cache
def is_personal(model: type[BaseModel]) -> bool:
    """Whether anything in it is about a person: it is sealed wherever it is kept."""
    return any(issubclass(part, Model) and part.personal_fields for part in models_in(model))
