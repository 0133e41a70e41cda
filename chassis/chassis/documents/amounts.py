"""Amounts of money in the words that Chinese receipts carry beside the figures (人民币大写)."""

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "兆")


def _group(number: int) -> str:
    """A number below 10,000; 零 stands once for any run of zeros inside."""
    words, pending = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            words += ("零" if pending and words else "") + _DIGITS[digit] + _PLACES[place]
            pending = False
        else:
            pending = True
    return words


def rmb_words(fen: int) -> str:
    """30000 fen → 叁佰元整; 支付结算办法, annex 1: 角 and 分 after 元, 整 when there are no 分."""
    if not 0 <= fen < 10**18:
        raise ValueError("an amount in words is neither negative nor beyond 10^16 yuan")
    yuan, rest = divmod(fen, 100)
    jiao, cents = divmod(rest, 10)
    words, gap = "", False
    for index in (3, 2, 1, 0):
        part = yuan // 10000**index % 10000
        if part:
            words += ("零" if words and (gap or part < 1000) else "") + _group(part) + _GROUPS[index]
        gap = part == 0 if words else False
    words = words + "元" if words else ""
    if not rest:
        return (words or "零元") + "整"
    if jiao:
        words += ("零" if words and yuan % 10 == 0 else "") + _DIGITS[jiao] + "角"
    elif words:
        words += "零"
    return words + (_DIGITS[cents] + "分" if cents else "整")
