"""Human pages of the API: how to begin, a work from sign-up to certificate, every call, and every problem."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template

from gateway.api import groups
from gateway.api_guide import shell
from gateway.api_guide.examples import example
from gateway.api_guide.model import Part, Step
from gateway.api_guide.tutorial import INPUTS, PARTS, SAMPLE_INPUTS
from gateway.forms.descriptions import TYPES, told_types
from gateway.web.api import Operation, offered
from gateway.web.languages import language
from gateway.web.resources import resources
from gateway.web.texts import explained

pages = Blueprint("api_docs", __name__)


@dataclass(frozen=True)
class ShownStep:
    """A step of the tutorial, its operation, and the command that does it."""

    step: Step
    operation: Operation
    command: str


@pages.get("/api/docs")
def api_docs() -> str:
    """How to begin, the tutorial, and all calls by capability, in the visitor's language."""
    told = told_types()
    return render_template(
        "api_docs.html",
        groups=offered(),
        command=command_of,
        chapters=[(part, shown_steps(part)) for part in PARTS],
        inputs=INPUTS,
        preparation=preparation(),
        site=resources().settings.common.public_url,
        sandbox=resources().settings.common.sandbox,
        forms=[(name, told[name].title if name in told else name) for name in TYPES],
    )


@pages.get("/api/docs/reference")
def reference() -> str:
    """Every call with its schemas, to be tried in place."""
    return render_template("api_reference.html")


@pages.get("/api/docs/problems")
def problem_list() -> str:
    """Every code that an answer may carry, with its sentence and remedy."""
    return render_template("api_problems.html", entries=explained(language()))


def shown_steps(part: Part) -> Sequence[ShownStep]:
    """With the operations of the sandbox, whether this deployment has it or not."""
    known = {operation.name: operation for group in groups(with_sandbox=True) for operation in group.operations}
    return [
        ShownStep(step, found, shell.step_command(step, found.method, found.group.prefix + found.path))
        for step in part.steps
        for found in [known[step.operation]]
    ]


def preparation() -> str:
    """What the commands expect: the site, and what one brings along that is no file."""
    said = [f"{name}='{value}'" for name, value in SAMPLE_INPUTS.items()]
    return "\n".join([f"site={resources().settings.common.public_url}", *said])


def command_of(operation: Operation) -> str:
    """An operation with its example."""
    path = operation.group.prefix + operation.path
    return shell.command(operation.method, path, example(operation.name), signed_in=not operation.access.anonymous)
