"""People who file, and what they hold in their hands: numbers, photographs, a novel."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass, field
from pathlib import Path

from materials.testing.sample_files import text_pdf
from PIL import Image, ImageDraw
from stdnum.cn import ric

PASSWORD = "Ink-stone 27"
SURNAMES, GIVEN = "林陈周吴郑沈韩杨", "小雨文清安宁思远嘉言一鸣若水"


def resident_id() -> str:
    """A resident ID with a right check digit; few enough are drawn that none meets itself."""
    year, serial = random.randrange(1960, 2005), random.randrange(1000)
    digits = (
        f"{random.choice(('110105', '310104', '420503'))}{year}0{random.randrange(1, 10)}{serial % 18 + 10}{serial:03d}"
    )
    return digits + ric.calc_check_digit(digits + "0")


def photograph(size: tuple[int, int] = (1200, 900)) -> bytes:
    """A sharp picture before a plain wall: lines of "text" on a card, never the same twice."""
    picture = Image.new("RGB", size, (205, 208, 212))
    draw = ImageDraw.Draw(picture)
    width, height = size
    draw.rectangle((width // 6, height // 4, width * 5 // 6, height), fill=(150, 170, 190))
    for y in range(height // 4 + 20, height - 20, 24):
        for x in range(width // 6 + 20, width * 5 // 6 - 20, 14):
            if random.random() < 0.7:
                draw.rectangle((x, y, x + random.randrange(3, 11), y + 12), fill=(20, 20, 30))
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=90)
    return stream.getvalue()


@dataclass
class Author:
    """Somebody with a phone and a manuscript; files lie in ``folder``."""

    folder: Path
    name: str = field(default_factory=lambda: random.choice(SURNAMES) + "".join(random.sample(GIVEN, 2)))
    mobile: str = field(default_factory=lambda: f"139{random.randrange(10**8):08d}")
    id_number: str = field(default_factory=resident_id)
    password: str = PASSWORD

    def photo(self, name: str, size: tuple[int, int] = (1200, 900)) -> Path:
        return self._file(f"{name}.jpg", photograph(size))

    def novel(self) -> Path:
        pages = [f"Chapter {number}. The stones by the river. " * 8 for number in range(1, 13)]
        return self._file("novel.pdf", text_pdf([*pages, self.mobile]))

    def script(self) -> Path:
        return self._file("script.pdf", text_pdf(["A second volume. " * 20, self.mobile[::-1]]))

    def _file(self, name: str, content: bytes) -> Path:
        file = self.folder / name
        file.write_bytes(content)
        return file
