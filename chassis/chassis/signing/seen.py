"""What signatures a PDF of anybody's carries, and whether it is still as it was signed.

Who vouches for the signer is not asked: the certificates of everybody's contracts come from many authorities, and none
of them is fetched. Runs in confinement: the file is a stranger's.
"""

import asyncio
import io
from dataclasses import asdict, dataclass

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, async_validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

MOST = 10


@dataclass(frozen=True)
class SeenSignature:
    """``whole``: neither the file nor the signature was altered; ``to_the_end``: nothing was added after it."""

    signer: str
    whole: bool
    to_the_end: bool

    def to_json(self) -> dict[str, str | bool]:
        """As facts of a check keep it."""
        return asdict(self)


def seen_signatures(pdf: bytes) -> list[SeenSignature] | None:
    """The first ten, in their order; None where the file, or a signature in it, cannot be read."""
    try:
        return asyncio.run(_read(pdf))
    except MemoryError:
        raise
    except Exception:  # parsers of PDF, CMS and X.509 throw whatever they like at a hostile file
        return None


async def _read(pdf: bytes) -> list[SeenSignature]:
    found = PdfFileReader(io.BytesIO(pdf), strict=False).embedded_regular_signatures[:MOST]
    return [await _judge(signature) for signature in found]


async def _judge(signature: EmbeddedPdfSignature) -> SeenSignature:
    context = ValidationContext(trust_roots=[], allow_fetching=False)
    status = await async_validate_pdf_signature(signature, context, context, skip_diff=True)
    names = signature.signer_cert.subject.native
    signer = str(names.get("common_name") or names.get("organization_name") or "")
    to_the_end = signature.coverage == SignatureCoverageLevel.ENTIRE_FILE
    return SeenSignature(signer[:100], bool(status.intact and status.valid), to_the_end)
