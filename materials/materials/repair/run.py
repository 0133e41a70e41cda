"""The confined entries of repair: one file in, one file out, and a list of what was changed."""

from __future__ import annotations

from chassis.confinement.model import Job, JsonValue, Refused

from materials.inspect import filetype
from materials.inspect import image as image_reader
from materials.inspect.image import thumbnail
from materials.inspect.pdf import open_with_pdfium
from materials.repair.image import repair_image
from materials.repair.model import IMAGE_REPAIRS, PDF_REPAIRS, TEXT_REPAIRS, actions_for
from materials.repair.pdf import repair_pdf
from materials.repair.text import set_text

_PREVIEW_EDGE = 900


def prepare_confined() -> None:
    """Called once in the template process, while the disk can still be read."""
    image_reader.prepare()


def repair_file(job: Job) -> JsonValue:
    """``args``: fix (finding codes), password, rotate, max_bytes. Returns {changes, type} and writes the output.

    Refuses with ``repair_unknown`` (nothing to do for these codes), ``repair_impossible``, ``password_wrong``,
    ``repair_variant_unknown``, ``repair_too_many_pixels``, ``repair_not_small_enough``.
    """
    assert job.output is not None
    codes: list[str] = job.args["fix"]
    kind = filetype.detect(job.source)
    actions = actions_for(codes, {"pdf": PDF_REPAIRS, "text": TEXT_REPAIRS}.get(kind, IMAGE_REPAIRS))
    if not actions:
        raise Refused("repair_unknown")
    job.source.seek(0)
    made = "pdf"
    if kind == "pdf":
        changes = repair_pdf(job, actions)
    elif kind == "text":
        changes = set_text(job.source, job.output)
    else:
        changes, made = repair_image(job.source, job.output, codes, job.args["rotate"], job.args["max_bytes"])
    return {"changes": [change.to_json() for change in changes], "type": made}


def render_preview(job: Job) -> JsonValue:
    """``args``: page (from 1), password. Writes a JPEG of at most 900 pixels; returns {width, height, pages}."""
    assert job.output is not None
    pages = 1
    if filetype.detect(job.source) == "pdf":
        document = open_with_pdfium(job.source, job.args["password"])
        pages = len(document)
        page = document[min(max(1, job.args["page"]), pages) - 1]
        bitmap = page.render(scale=_PREVIEW_EDGE / max(*page.get_size(), 1.0))
        picture = bitmap.to_pil().convert("RGB")
    else:
        picture = thumbnail(job.source, _PREVIEW_EDGE)
    picture.save(job.output, "JPEG", quality=80)
    return {"width": picture.width, "height": picture.height, "pages": pages}
