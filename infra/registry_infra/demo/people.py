"""People and papers of the demonstration: new ones for each run, with numbers whose check digits are right."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from chassis.documents.glyphs import font_folders
from PIL import Image, ImageDraw, ImageFilter, ImageFont

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SURNAMES = "赵钱孙李周吴郑王冯陈沈韩杨朱秦许何吕施张"
_GIVEN = ("明远", "静怡", "思源", "雨桐", "子墨", "清扬", "若兰", "文博", "一帆", "海宁", "知行", "秋实")
_CARD = (1280, 808)


@dataclass(frozen=True)
class Applicant:
    """Somebody who never signed up before."""

    name: str
    mobile: str
    id_number: str
    password: str = field(default="Ink-stone-27-reeds", repr=False)


def new_applicant() -> Applicant:
    chance = random.SystemRandom()
    born = date(1962, 1, 1) + timedelta(days=chance.randrange(365 * 38))
    digits = f"110105{born:%Y%m%d}{chance.randrange(1000):03d}"
    return Applicant(
        name=chance.choice(_SURNAMES) + chance.choice(_GIVEN),
        mobile=f"13{chance.randrange(4, 10)}{chance.randrange(10**8):08d}",
        id_number=digits + check_character(digits),
    )


def check_character(digits: str) -> str:
    """The last place of a resident ID number (GB 11643, ISO 7064 MOD 11-2)."""
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11]


def id_front(applicant: Applicant) -> bytes:
    born = applicant.id_number[6:14]
    lines = (
        f"姓名  {applicant.name}",
        f"性别  {'男' if int(applicant.id_number[16]) % 2 else '女'}   民族  汉",
        f"出生  {born[:4]} 年 {int(born[4:6])} 月 {int(born[6:])} 日",
        "住址  北京市朝阳区江边路 12 号",
    )
    card = Image.new("RGB", _CARD, (222, 232, 240))
    pen = _frame(card)
    for place, line in enumerate(lines):
        pen.text((90, 110 + place * 105), line, font=_font(46), fill=(25, 35, 60))
    pen.text((90, 640), f"公民身份号码  {applicant.id_number}", font=_font(50), fill=(25, 35, 60))
    _face(pen, 900, 150, 280)
    return _photograph(card)


def id_back() -> bytes:
    card = Image.new("RGB", _CARD, (228, 236, 226))
    pen = _frame(card)
    pen.text((360, 140), "居民身份证（样本）", font=_font(72), fill=(140, 30, 30))
    pen.text((200, 500), "签发机关  北京市公安局朝阳分局", font=_font(48), fill=(25, 35, 60))
    pen.text((200, 600), "有效期限  2020.05.01-2040.05.01", font=_font(48), fill=(25, 35, 60))
    return _photograph(card)


def handheld(applicant: Applicant) -> bytes:
    """Somebody with their card before a plain wall."""
    picture = Image.new("RGB", (1200, 1600), (206, 209, 213))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((260, 860, 940, 1600), 120, fill=(62, 82, 110))
    _face(pen, 400, 330, 400)
    pen.rounded_rectangle((420, 1050, 780, 1280), 14, fill=(222, 232, 240), outline=(120, 130, 140), width=3)
    for place, line in enumerate((applicant.name, "公民身份号码", applicant.id_number)):
        pen.text((440, 1070 + place * 64), line, font=_font(34), fill=(25, 35, 60))
    return _photograph(picture)


def _frame(card: Image.Image) -> ImageDraw.ImageDraw:
    pen = ImageDraw.Draw(card)
    for y in range(60, _CARD[1] - 60, 26):
        pen.line((60, y, _CARD[0] - 60, y + 8), fill=(206, 218, 226), width=2)
    pen.rounded_rectangle((30, 30, _CARD[0] - 30, _CARD[1] - 30), 30, outline=(90, 100, 110), width=4)
    pen.text((880, 720), "演示样本 SPECIMEN", font=_font(32), fill=(150, 60, 60))
    return pen


def _face(pen: ImageDraw.ImageDraw, left: int, top: int, width: int) -> None:
    """A drawn head: nobody's photograph."""
    height = width * 5 // 4
    pen.ellipse((left, top - width // 8, left + width, top + height * 3 // 4), fill=(40, 34, 32))
    pen.ellipse((left + width // 10, top + width // 8, left + width * 9 // 10, top + height), fill=(228, 190, 160))
    eye = width // 14
    for x in (left + width * 35 // 100, left + width * 65 // 100):
        pen.ellipse((x - eye, top + height * 45 // 100, x + eye, top + height * 45 // 100 + 2 * eye), fill=(30, 25, 25))
    mouth = (left + width * 38 // 100, top + height * 70 // 100, left + width * 62 // 100, top + height * 80 // 100)
    pen.arc(mouth, 10, 170, fill=(150, 70, 70), width=max(4, width // 40))


def _font(size: int) -> ImageFont.FreeTypeFont:
    files = [file for folder in font_folders() for file in sorted(folder.rglob("*")) if file.suffix in (".otf", ".ttf")]
    sans = [file for file in files if "Sans" in file.name] or files
    return ImageFont.truetype(str(sans[0]), size)


def _photograph(picture: Image.Image) -> bytes:
    """A little grain, as a camera's: no two runs give the same bytes."""
    grain = Image.effect_noise(picture.size, 12).convert("RGB")
    taken = Image.blend(picture, grain, 0.05).filter(ImageFilter.SHARPEN)
    stream = io.BytesIO()
    taken.save(stream, "JPEG", quality=90)
    return stream.getvalue()
