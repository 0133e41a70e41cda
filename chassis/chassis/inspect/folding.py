"""Text made comparable: what looks alike to a reader is alike. For comparing only, never for what is kept or shown.

Text layers of PDFs are made from the shapes of a font: 门 comes back as the radical ⻔, ``fi`` as one letter, a name
with an invisible mark between two characters.
"""

from __future__ import annotations

import re
import unicodedata

# Unicode's Equivalent_Unified_Ideograph for the CJK Radicals Supplement; compatibility normalisation (NFKC) knows the
# Kangxi radicals and three of these.
_RADICALS = str.maketrans(
    "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺"
    "⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲",
    "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑𫜹忄心扌攵旡日月歺民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀"
    "聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀",
)
# What has no shape and no normalisation drops: marks of direction and joining, tags, fillers, selectors of a variant.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff9-\ufffb\U000e0001-\U000e007f\U000e0100-\U000e01ef]"
)
_DASHES = re.compile("[\u2010-\u2015\u2212\u2043\u2500\u2501\u30fc\ufe58\ufe63\uff0d\u00ad]")


def shaped(text: str) -> str:
    """Compatibility forms (width, ligatures, combining marks, radicals) as their plain characters; the invisible ones
    go. Blanks and letter case stay."""
    if text.isascii():
        return text
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text.translate(_RADICALS)))


def folded(text: str) -> str:
    """:func:`shaped`, without blanks, in one letter case: equal for texts that a reader takes for the same."""
    return "".join(shaped(text).casefold().split())


def with_one_dash(text: str) -> str:
    """Every kind of dash as a hyphen, which is how page numbers are set between two of them (GB/T 9704: — 1 —)."""
    return _DASHES.sub("-", text)
