"""The models of the release before this one, as they were shipped: their sources in ``previous.zip``.

``python -m tests.contract.previous`` packs the models of this checkout; that is done when a release is made. The same
sources give the same bytes.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import contracts

ARCHIVE = Path(__file__).parent / "previous.zip"
_MOMENT = (2020, 8, 31, 0, 0, 0)
"""Of every entry, so that a file's own time does not matter."""


def pack(target: Path = ARCHIVE) -> None:
    """Writes the archive of the package ``contracts`` as it is imported here."""
    package = Path(contracts.__file__).parent
    files = sorted(file for file in package.rglob("*") if file.suffix in (".py", ".txt", ".toml", ".typed"))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            entry = zipfile.ZipInfo(f"contracts/{file.relative_to(package).as_posix()}", _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes())


if __name__ == "__main__":
    pack()
