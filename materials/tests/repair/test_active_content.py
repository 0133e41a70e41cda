"""Scripts and actions are found wherever something leads to them, and after the repair nothing does."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from materials.inspect.pdf_active import find_active
from materials.repair.words import describe_change
from materials.testing import sample_files as samples

Repair = Callable[..., Any]

pytestmark = [pytest.mark.requirement("F-06"), pytest.mark.requirement("F-07")]

JS = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
PAGE = b"/Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >>"


def document(*more: bytes, root: bytes = b"", page: bytes = b"") -> bytes:
    """One page with words; further objects begin at 6."""
    return samples.pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R " + root + b" >>",
            b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            b"<< " + PAGE + page + b" >>",
            samples.stream(b"BT /F1 12 Tf 72 720 Td (words) Tj ET"),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            *more,
        ]
    )


def link(action: bytes) -> bytes:
    return b" /Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A " + action + b" >>]"


def chain(length: int) -> bytes:
    return b"<< /S /URI /URI (http://a.example) /Next " * length + JS + b" >>" * length


XFA = b'<xdp:xdp><template><field><event><script contentType="application/x-javascript">1</script></event>' \
      b"</field></template></xdp:xdp>"  # fmt: skip
SCRIPTED = {
    "on opening": (document(root=b"/OpenAction " + JS), {"open_action"}),
    "after another action": (document(root=b"/OpenAction << /S /GoTo /D [3 0 R /Fit] /Next [" + JS + b"] >>"),
                             {"open_action"}),
    "far down a chain": (document(page=link(chain(60))), {"annotation"}),
    "when the document closes": (document(root=b"/AA << /WC " + JS + b" >>"), {"document"}),
    "by name": (document(root=b"/Names << /JavaScript << /Names [(a) " + JS + b"] >> >>"), {"document"}),
    "page": (document(page=b" /AA << /O " + JS + b" >>"), {"page"}),
    "link": (document(page=link(JS)), {"annotation"}),
    "bookmark": (document(b"<< /First 7 0 R /Last 7 0 R >>", b"<< /Title (a) /Parent 6 0 R /A " + JS + b" >>",
                          root=b"/Outlines 6 0 R"), {"bookmark"}),
    "rendition": (document(page=b" /Annots [<< /Subtype /Screen /Rect [0 0 9 9] /A"
                                 b" << /S /Rendition /OP 0 /JS (x) >> >>]"),
                  {"annotation"}),
    "field": (document(b"<< /FT /Tx /T (a) /Kids [7 0 R] >>", b"<< /Parent 6 0 R /T (k) /AA << /K " + JS + b" >> >>",
                       root=b"/AcroForm << /Fields [6 0 R] >>"), {"field"}),
    "note within a pop-up": (document(b"<< /Subtype /Popup /Rect [0 0 9 9] /AA << /E " + JS + b" >> >>",
                                      page=b" /Annots [<< /Subtype /Text /Rect [0 0 9 9] /Popup 6 0 R >>]"),
                             {"annotation"}),
    "kept in a stream": (document(samples.stream(b"app.alert(1)"),
                                  root=b"/OpenAction << /S /JavaScript /JS 6 0 R >>"), {"open_action"}),
    "name written in numbers": (document(root=b"/OpenAction << /S /J#61vaScript /J#53 (x) >>"), {"open_action"}),
    "address that is a script": (document(page=link(b"<< /S /URI /URI ( JavaScript:alert\\(1\\)) >>")), {"annotation"}),
    "address in hexadecimals": (document(page=link(b"<< /S /URI /URI <6a6176617363726970743a616c65727428312900> >>")),
                                {"annotation"}),
    "three dimensions": (document(samples.stream(b"", b"/Type /3D /OnInstantiate 7 0 R"), samples.stream(b"go()"),
                                  page=b" /Annots [<< /Subtype /3D /Rect [0 0 9 9] /3DD 6 0 R >>]"), {"annotation"}),
    "form of one program": (document(samples.stream(XFA), root=b"/AcroForm << /Fields [] /XFA 6 0 R >>"), {"form"}),
    "such a form in parts": (document(samples.stream(XFA[:60]), samples.stream(XFA[60:]),
                                      root=b"/AcroForm << /Fields [] /XFA [(a) 6 0 R (b) 7 0 R] >>"), {"form"}),
    "such a form in UTF-16": (document(samples.stream(XFA.decode().encode("utf-16")),
                                       root=b"/AcroForm << /Fields [] /XFA 6 0 R >>"), {"form"}),
    "private data": (document(root=b"/PieceInfo << /Own << /Private [1 [" + JS + b"]] >> >>"), {"document"}),
}  # fmt: skip


def packed(content: bytes, **options: Any) -> bytes:
    """All objects in compressed streams, where no search of the bytes finds them."""
    return samples.changed_pdf(content, object_stream_mode=pikepdf.ObjectStreamMode.generate, **options)


def words_in(path: Path) -> bytes:
    """Every object of the file, unpacked, without what is drawn."""
    with pikepdf.open(path) as written:
        return b"\n".join(
            item.stream_dict.unparse() + item.read_bytes() if isinstance(item, pikepdf.Stream)
            else item.unparse(resolved=True) if isinstance(item, (pikepdf.Dictionary, pikepdf.Array)) else b""
            for item in written.objects
        )  # fmt: skip


@pytest.mark.parametrize("way", ["plain", "packed", "encrypted"])
@pytest.mark.parametrize("where", SCRIPTED)
def test_a_script_is_found_and_taken_out(where: str, way: str, repair: Repair) -> None:
    content, places = SCRIPTED[where]
    if way == "packed":
        content = packed(content)
    elif way == "encrypted":
        content = packed(content, encryption=pikepdf.Encryption(user="", owner="o"))
    done = repair("text_pdf", content, "pdf_scripts")
    assert done.before.verdict == ("uncertain" if "form" in where else "fixable")
    assert set(done.before.facts["pdf"]["scripts"]) == places
    assert (done.result.done, done.result.after.facts["pdf"]["scripts"]) == (True, [])
    assert not re.search(rb"/JS\b|/JavaScript|OnInstantiate|<script|java\s*script:", words_in(done.output), re.I)
    assert done.result.after.facts["content"]["with_text"] == 1
    change = next(change for change in done.result.changes if change.code == "scripts_removed")
    assert "、" not in describe_change(change, "en")


@pytest.mark.parametrize(
    ("action", "finding"),
    [
        (b"<< /S /Launch /F (cmd.exe) /Win << /F (cmd.exe) >> >>", "pdf_launches_programs"),
        (b"<< /S /GoToE /T << /R /C /N (a.pdf) >> >>", "pdf_reaches_out"),
        (b"<< /S /SubmitForm /F (http://a.example) >>", "pdf_reaches_out"),
        (b"<< /S /ImportData /F (a.fdf) >>", "pdf_reaches_out"),
        (b"<< /S /Rendition /OP 0 /R << /S /MR >> >>", "pdf_reaches_out"),
        (b"<< /S /RichMediaExecute >>", "pdf_reaches_out"),
    ],
)
@pytest.mark.parametrize("where", ["link", "bookmark", "chain"])
def test_an_action_that_leaves_the_document_is_found_and_taken_out(
    action: bytes, finding: str, where: str, repair: Repair
) -> None:
    content = {
        "link": document(page=link(action)),
        "bookmark": document(b"<< /First 7 0 R >>", b"<< /Title (a) /Parent 6 0 R /A 8 0 R >>", action,
                             root=b"/Outlines 6 0 R"),
        "chain": document(page=link(b"<< /S /URI /URI (http://a.example) /Next [" + action + b"] >>")),
    }[where]  # fmt: skip
    done = repair("text_pdf", content, finding)
    assert finding in {found.code for found in done.before.findings}
    assert done.still_found <= {"pdf_fonts_not_embedded"}
    with pikepdf.open(done.output) as written:
        assert find_active(written).found == []
    assert b"/URI (http://a.example)" in words_in(done.output) or where != "chain", "an honest link stays"


def test_what_only_sounds_like_a_script_is_left_alone(repair: Repair) -> None:
    look = samples.stream(b"", b"/Type /XObject /Subtype /Form /BBox [0 0 1 1]")
    harmless = document(look, page=b" /Group << /S /Transparency >> /Resources << /XObject << /JS 6 0 R /Launch 6 0 R"
                        b" >> >>" + link(b"<< /S /URI /URI (https://a.example/javascript-guide) >>"))  # fmt: skip
    done = repair("text_pdf", harmless, "pdf_scripts")
    assert done.before.facts["pdf"]["scripts"] == []
    assert not {"pdf_scripts", "pdf_reaches_out", "pdf_launches_programs"} & {f.code for f in done.before.findings}


def test_scripts_of_an_earlier_version_that_nothing_leads_to_do_nothing(repair: Repair) -> None:
    orphan = document(JS)
    assert repair("text_pdf", orphan).before.facts["pdf"]["scripts"] == []


def test_an_attachment_goes_with_every_way_to_it(repair: Repair) -> None:
    file = b"<< /Type /Filespec /F (setup.exe) /UF (setup.exe) /EF << /F 7 0 R >> >>"
    body = samples.stream(b"MZ and more", b"/Type /EmbeddedFile")
    content = document(file, body, root=b"/AF [6 0 R] /Names << /EmbeddedFiles << /Names [(a) 6 0 R] >> >>",
                       page=b" /AF [6 0 R] /Annots [<< /Subtype /FileAttachment /Rect [0 0 9 9]"
                       b" /FS 6 0 R >>]")  # fmt: skip
    done = repair("text_pdf", packed(content), "pdf_attachments")
    found = next(finding for finding in done.before.findings if finding.code == "pdf_attachments")
    assert found.params == {"count": 1, "names": "setup.exe"}
    assert "pdf_attachments" not in done.still_found
    assert b"MZ and more" not in words_in(done.output)


def test_a_search_that_is_cut_short_says_so() -> None:
    with pikepdf.open(io.BytesIO(packed(document(*[b"<< /A 1 >>"] * 5000, root=b"/OpenAction " + JS)))) as opened:
        assert find_active(opened).places("script") == ["open_action"]
    crowd = document(*[b"<< /A %d 0 R >>" % (number + 7) for number in range(5000)], root=b"/More 6 0 R /AA 5005 0 R")
    with pikepdf.open(io.BytesIO(crowd)) as opened:
        assert find_active(opened, seconds=-1).complete is False
