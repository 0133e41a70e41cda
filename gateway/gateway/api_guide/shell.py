"""Operations and steps as commands for a shell with curl and jq. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from gateway.api_guide.model import Step, body_of

_EXPRESSION = re.compile(r"\$(?:inputs|steps\.\w+\.outputs)\.(\w+)")
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
ANSWER = "answer.json"
ENDINGS = {"sample": "pdf"}
"""Of the file names of inputs; all others are pictures."""


def command(method: str, path: str, body: Mapping[str, Any] | None, *, signed_in: bool) -> str:
    """One operation with its example. ``path``: as Flask has it, prefix included; its parameters stand in braces."""
    words = _words(method, _PARAMETER.sub(r"{\1}", path), "$token" if signed_in else "")
    return " ".join(words) if body is None else _sending(words, body)


def step_command(step: Step, method: str, path: str) -> str:
    """A step, and what later ones use of its answer, in variables of the shell."""
    address = _PARAMETER.sub(lambda found: _shown(step.path[found[1]]), path)
    query = "&".join(f"{name}={_shown(value)}" for name, value in step.query.items())
    words = _words(method, f"{address}?{query}" if query else address, _shown(step.by))
    if step.file:
        words += [f"-F file=@{step.file}.{ENDINGS.get(step.file, 'jpg')}", f"-F purpose={step.purpose}"]
    words += ["-f"] if step.again or step.until else []
    words.append(f"-o {ANSWER}")
    body = None if step.file else body_of(step)
    curl = " ".join(words) if body is None else _sending(words, body)
    taken = [f"{name}=$(jq -r {_filter(pointer)} {ANSWER})" for name, pointer in step.gives.items()]
    return "\n".join([_repeated(curl, step), *taken])


def _words(method: str, address: str, token: str) -> list[str]:
    words = ["curl -sS", *([] if method == "GET" else [f"-X {method}"]), f'"$site{address}"']
    return words + ([f'-H "Authorization: Bearer {token}"'] if token else [])


def _sending(words: list[str], body: Mapping[str, Any]) -> str:
    text = json.dumps(body, ensure_ascii=False, indent=1)
    shown = _EXPRESSION.sub(r"$\1", text)
    return " ".join([*words, "-H 'Content-Type: application/json'", "-d @- <<JSON"]) + f"\n{shown}\nJSON"


def _repeated(curl: str, step: Step) -> str:
    if step.until is None:
        return f"until {curl}\ndo sleep 1; done" if step.again else curl
    pointer, value = step.until
    wanted = "!= null" if value is None else f'== "{value}"'
    return f"until {curl} && jq -e '{_filter(pointer)} {wanted}' {ANSWER}\ndo sleep 1; done"


def _filter(pointer: str) -> str:
    """As jq says it."""
    return "".join(f"[{name}]" if name.isdigit() else f".{name}" for name in pointer.removeprefix("/").split("/"))


def _shown(value: str) -> str:
    """``$code`` of ``$steps.sign_code.outputs.code``; what is no expression stays."""
    return _EXPRESSION.sub(r"$\1", value)
