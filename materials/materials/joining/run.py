"""Runs inside confinement: a few PDF files become one."""

from __future__ import annotations

from contextlib import ExitStack

import pikepdf
from chassis.confinement import Job, JsonValue


def joined(job: Job) -> JsonValue:
    """Writes the pages of all inputs to the output; ``args["flat"]``: with what is drawn upon them."""
    assert job.output is not None
    with ExitStack() as opened:
        whole = opened.enter_context(pikepdf.new())
        for file in job.inputs:
            one = opened.enter_context(pikepdf.open(file))
            if job.args["flat"]:
                one.flatten_annotations("print")
            whole.pages.extend(one.pages)
        whole.save(job.output)
    return None
