"""Words of imports: states, what is imported, fields, and why rows were rejected."""

from __future__ import annotations

from contracts.legacy.imports import LegacyImportItem, ReadingPart
from flask_babel import gettext as _

from gateway.pages.choices import id_types
from gateway.pages.old.words import kind_words
from gateway.pages.old.words import state_words as case_states

_BRIEF = ("text_between", "sql_dump", "dbf", "live", "encoding")


def state_words() -> dict[str, tuple[str, str]]:
    """Each state and its tone."""
    return {
        "reading": (_("正在读取"), "attention"),
        "loading": (_("等待入库"), "attention"),
        "done": (_("已完成"), "good"),
        "failed": (_("已中止"), "bad"),
        "withdrawing": (_("正在撤销"), "attention"),
        "withdrawn": (_("已撤销导入"), "plain"),
    }


def target_words() -> dict[str, str]:
    return {"registrations": _("已办结的登记"), "accounts": _("旧账号"), "cases": _("未办结的业务")}


def failure_words() -> dict[str, str]:
    """Why an import could not be read on, or not be undone."""
    return {
        "source_changed": _("源文件已经和开始时不一样。请重新开始一次导入。"),
        "source_unreadable": _("源文件读不到了。请放回原处，重新开始一次导入。"),
        "source_unreachable": _("旧数据库没有应答或拒绝访问。请检查地址和权限，重新开始一次导入。"),
        "work_not_done": _("读取三次都没有读完。请查看日志，重新开始一次导入。"),
        "import_built_upon": _("已经有人用到这次导入的数据，没有撤销任何内容。"),
    }


def reason_words() -> dict[str, str]:
    """Why a row was rejected (``docs/runbooks/legacy-imports.md`` says what to do)."""
    return {
        "row_not_in_encoding": _("有半个汉字，或这一行用了另一种编码"),
        "row_cut_off": _("文件在这一行被截断"),
        "row_with_other_columns": _("列数和表头不一致"),
        "row_unreadable": _("这一行读不出来"),
        "row_too_long": _("这一行过长"),
        "row_with_nul": _("这一行含有空字符"),
        "row_deleted_in_source": _("源数据已标记删除"),
        "value_missing": _("缺少必填的内容"),
        "value_unknown": _("映射表里没有这个值"),
        "date_zero": _("日期是 0000-00-00"),
        "date_impossible": _("没有这一天"),
        "date_unreadable": _("日期读不出来"),
        "dates_out_of_order": _("日期的先后不合理"),
        "number_unreadable": _("号码读不出来"),
        "check_digit_wrong": _("校验码不对"),
        "birth_date_impossible": _("证件号中的出生日期不存在"),
        "address_unreadable": _("邮箱或手机号读不出来"),
        "amount_unreadable": _("金额读不出来"),
        "hash_unreadable": _("旧密码读不出来"),
        "characters_damaged": _("含有自造字或已损坏的字"),
        "text_too_long": _("内容过长"),
        "conflicts_with_row": _("和另一行说的是同一件事，内容不同"),
        "number_in_register": _("本系统的登记簿已经用了这个号码"),
    }


def scan_words() -> dict[str, str]:
    """Why a scan was not taken over."""
    return {
        "scan_outside": _("路径指到文件夹以外"),
        "scan_missing": _("文件夹里没有这个文件"),
        "scan_empty": _("文件是空的"),
        "scan_too_large": _("文件大于 50 MB"),
        "scan_of_unknown_kind": _("不是 PDF、JPEG、PNG、GIF、BMP 或 TIFF"),
        "scan_unreadable": _("文件读不出来"),
        "scan_infected": _("病毒检查没有通过"),
        "scan_not_checked": _("病毒检查程序没有回答，请稍后再取"),
    }


def field_words() -> dict[str, str]:
    """The fields of all that is imported."""
    return {
        "number": _("登记号"),
        "kind": _("种类"),
        "certificate_number": _("证书编号"),
        "category": _("类别"),
        "classification": _("分类号"),
        "title": _("名称"),
        "short_name": _("简称"),
        "version": _("版本号"),
        "authors": _("作者"),
        "owners": _("著作权人"),
        "completion_date": _("完成日期"),
        "publication_date": _("首次发表日期"),
        "registered_on": _("登记或注册日期"),
        "earlier_number": _("原登记号"),
        "earlier_on": _("原登记日期"),
        "serial_number": _("流水号"),
        "login": _("旧账号名"),
        "note": _("备注"),
        "password_md5": _("旧密码"),
        "salt": _("密码盐值"),
        "name": _("姓名"),
        "id_type": _("证件类型"),
        "id_number": _("证件号码"),
        "organisation_name": _("单位名称"),
        "organisation_code": _("机构代码"),
        "email": _("邮箱"),
        "mobile": _("手机号"),
        "verification": _("实名状态"),
        "acceptance_number": _("受理号"),
        "state": _("状态"),
        "filed_on": _("提交日期"),
        "accepted_on": _("受理日期"),
        "due_on": _("期限"),
        "fee_fen": _("应缴（分）"),
        "paid_fen": _("已缴（分）"),
        "correction": _("补正意见"),
        "scans": _("附件"),
    }


def reading_words(item: LegacyImportItem, *, brief: bool = False) -> str:
    """How a source is read and by what evidence; ``brief``: its form and encoding alone."""
    if not item.reading:
        return item.stated
    text = ""
    for part in item.reading:
        if brief and part.code not in _BRIEF:
            continue
        if part.code.startswith("encoding_by_"):
            text += _("（%(why)s）", why=_part_words(part))
        else:
            text += (_("，") if text else "") + _part_words(part)
    return text


def _part_words(part: ReadingPart) -> str:
    """A code of a later bridge stands as it is."""
    values = dict(part.params)
    if part.code == "encoding":
        values["name"] = str(values.get("name", "")).upper()
    if "delimiter" in values:
        values["delimiter"] = delimiter_words().get(str(values["delimiter"]), values["delimiter"])
    words = part_words().get(part.code)
    return words % values if words else part.code


def delimiter_words() -> dict[str, str]:
    return {"tabs": _("制表符"), "commas": _("逗号"), "semicolons": _("分号"), "bars": _("竖线")}


def part_words() -> dict[str, str]:
    """Every statement of how a source is read, with places for its values."""
    return {
        "text_between": _("用%(delimiter)s分隔的文本"),
        "sql_dump": _("SQL 转储"),
        "dbf": _("DBF 文件"),
        "live": _("数据库 %(address)s"),
        "table": _("表 %(table)s"),
        "encoding": _("编码 %(name)s"),
        "encoding_by_order": _("由操作人指定"),
        "encoding_by_mark": _("文件开头有字节顺序标记"),
        "encoding_by_ascii": _("只有 ASCII 字符"),
        "encoding_by_header": _("文件头标明语言 %(language)s"),
        "encoding_by_utf_8": _("非 ASCII 的 %(lines)s 行中，%(count)s 行是 UTF-8"),
        "encoding_by_gb18030": _("非 ASCII 的 %(lines)s 行中，%(count)s 行是 GB18030，%(others)s 行只能是 UTF-8"),
        "rows": _("共 %(rows)s 行"),
        "rows_promised": _("文件头写明 %(promised)s 行，实际 %(rows)s 行"),
        "escapes": _("反斜杠是转义符"),
        "no_escapes": _("没有转义符"),
    }


def value_words() -> dict[str, dict[str, str]]:
    """By field, the values that the mapping gives it: what the office calls them."""
    return {
        "kind": {
            **kind_words(),
            "renewal": _("续展登记"),
            "natural_person": _("个人账号"),
            "organisation": _("单位账号"),
        },
        "state": case_states(),
        "verification": {"approved": _("已通过"), "none": _("没有通过")},
        "id_type": dict(id_types()),
    }


def falls_short(item: LegacyImportItem) -> tuple[int, int] | None:
    """Rows that the source says it has, and that it has; None where it does not contradict itself."""
    for part in item.reading:
        if part.code == "rows_promised":
            return int(part.params["promised"]), int(part.params["rows"])
    return None
