"""Rendering in a process of its own that ends with its document.

typst gives back what it remembers of a document only while it makes the next ones, and the allocator then keeps what it
was given: 170 MB after a declaration of a thousand works, for as long as the process lives. So whatever may have many
pages is rendered apart; a document of a page or two is not worth the second that a new process takes to read the fonts.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from chassis.confinement import ConfinedPool, Job, Limits
from chassis.documents.renderer import DocumentRenderer, PdfStandard

CONFINED_MODULE = "chassis.documents.apart"
"""What a pool has to be able to run for this."""
MIB = 1 << 20
_LIMITS = Limits(memory_bytes=2048 * MIB, cpu_seconds=120, wall_seconds=180)


class NotRendered(RuntimeError):
    """The process gave no document: its template is wrong, or the document needs more than it was allowed."""


def render_apart(
    pool: ConfinedPool, templates: Path, template: str, data: dict[str, Any], *, pdf_standard: PdfStandard = "a-2b"
) -> bytes:
    """What ``DocumentRenderer(templates).render`` gives, to the byte. Raises :class:`NotRendered`."""
    with tempfile.TemporaryDirectory(prefix="document-") as folder:
        source, output = Path(folder) / "data.json", Path(folder) / "document.pdf"
        source.write_text(json.dumps(data), "ascii")
        args = {"templates": str(templates), "template": template, "pdf_standard": pdf_standard}
        outcome = pool.run(f"{CONFINED_MODULE}:render", path=source, args=args, output=output, limits=_LIMITS)
        if not outcome.ok:
            raise NotRendered(f"{template}: {outcome.kind} {outcome.detail}")
        return output.read_bytes()


def render(job: Job) -> None:
    """The confined entry: writes the document of ``args`` (templates, template, pdf_standard) and the data given."""
    assert job.output is not None  # asked for above
    renderer = DocumentRenderer(Path(job.args["templates"]))
    data = json.load(job.source)
    job.output.write(renderer.render(job.args["template"], data, pdf_standard=job.args["pdf_standard"]))
