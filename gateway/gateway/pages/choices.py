"""What people choose from: codes of contracts with their words, for forms and for showing what was chosen."""

from __future__ import annotations

from contracts.filing import ApplicationView
from flask_babel import gettext as _

from gateway.web.forms import ShownError

Choices = list[tuple[str, str]]
Explained = list[tuple[str, str, str]]


def id_types() -> Choices:
    return [
        ("resident_id", _("居民身份证")),
        ("residence_permit", _("港澳台居民居住证")),
        ("hk_macao_permit", _("港澳居民来往内地通行证")),
        ("taiwan_permit", _("台湾居民来往大陆通行证")),
        ("passport", _("护照")),
        ("permanent_resident_card", _("外国人永久居留身份证")),
    ]


def owner_id_types() -> Choices:
    """Documents of a co-owner, who need not have an account."""
    return [*id_types(), ("uscc", _("统一社会信用代码证"))]


def creation_natures() -> Explained:
    return [
        ("original", _("原创"), _("自己独立创作，没有以他人作品为基础")),
        ("adaptation", _("改编"), _("在原有作品上改变形式或用途，例如把小说改成剧本")),
        ("translation", _("翻译"), _("把作品译成另一种语言")),
        ("compilation", _("汇编"), _("选择或编排若干作品、片段")),
        ("annotation", _("注释"), ""),
        ("arrangement", _("整理"), ""),
        ("other", _("其他"), ""),
    ]


def compositions() -> Explained:
    return [
        ("single", _("单个作品"), ""),
        ("series", _("系列作品"), _("同一作者的两件以上、名称有共同部分的作品")),
    ]


def publications() -> Explained:
    return [
        ("unpublished", _("未发表"), _("还没有向公众公开过")),
        ("published", _("已发表"), _("已在书刊、网络、展览等处公开")),
    ]


def acquisitions() -> Explained:
    return [
        ("original", _("原始取得"), _("因创作或法律规定直接取得")),
        ("inheritance", _("继承"), _("需要亲属关系、死亡证明或遗嘱等材料")),
        ("succession", _("承受"), _("单位变更、终止后由他人承受")),
        ("other", _("其他"), _("例如受让，需要转让合同")),
    ]


def ownerships() -> Explained:
    return [
        ("individual", _("个人作品"), _("一个人独立完成，作者就是著作权人")),
        ("joint", _("合作作品"), _("两人以上共同创作，共同享有")),
        ("legal_person", _("法人作品"), _("由单位主持、代表单位意志创作，单位视为作者")),
        ("work_for_hire", _("职务作品"), _("员工为完成工作任务创作，著作权归单位")),
        ("commissioned", _("委托作品"), _("受他人委托创作，归属由合同约定")),
    ]


def signed_as() -> Choices:
    return [("real_name", _("本名")), ("pseudonym", _("笔名、别名")), ("anonymous", _("匿名"))]


def owner_kinds() -> Choices:
    return [("natural_person", _("个人")), ("organisation", _("单位"))]


def rights_scopes() -> Explained:
    return [("all", _("全部"), ""), ("partial", _("部分"), _("只拥有下面勾选的权利"))]


def rights() -> Choices:
    return [
        ("publication", _("发表权")),
        ("attribution", _("署名权")),
        ("revision", _("修改权")),
        ("integrity", _("保护作品完整权")),
        ("reproduction", _("复制权")),
        ("distribution", _("发行权")),
        ("rental", _("出租权")),
        ("exhibition", _("展览权")),
        ("performance", _("表演权")),
        ("projection", _("放映权")),
        ("broadcasting", _("广播权")),
        ("network_dissemination", _("信息网络传播权")),
        ("cinematography", _("摄制权")),
        ("adaptation", _("改编权")),
        ("translation", _("翻译权")),
        ("compilation", _("汇编权")),
        ("other", _("应当由著作权人享有的其他权利")),
    ]


def word(choices: Choices | Explained, value: str | None) -> str:
    """What a code is called; empty for none."""
    return next((entry[1] for entry in choices if entry[0] == value), value or "")


def field_words() -> dict[str, str]:
    """What the form's top-level fields are called, where a problem or a defect names one."""
    return {
        "title": _("作品名称"),
        "category": _("作品类别"),
        "category_note": _("作品类别"),
        "creation_nature": _("创作性质"),
        "source_licence": _("原作品与授权情况"),
        "completion_date": _("创作完成日期"),
        "completion_place": _("创作完成地点"),
        "publication": _("是否已经发表"),
        "publication_date": _("首次发表日期"),
        "publication_place": _("首次发表地点"),
        "composition": _("单个还是系列"),
        "parts": _("分件名称"),
        "word_count": _("字数"),
        "authors": _("作者"),
        "owners": _("著作权人"),
        "acquisition": _("权利取得方式"),
        "ownership": _("权利归属方式"),
        "rights_scope": _("权利拥有状况"),
        "rights": _("拥有哪些权利"),
        "description": _("作品说明书"),
        "description.purpose": _("创作目的"),
        "description.process": _("创作过程"),
        "description.originality": _("独创性说明"),
        "filing_mode": _("申请方式"),
        "collection": _("领取方式"),
        "contact": _("联系方式"),
        "materials": _("材料"),
        "answers": _("答复意见"),
        "materials.sample": _("作品样本"),
        "materials.ownership_proof": _("权属证明"),
    }


def field_word(path: str) -> str:
    """The word for a field of a problem: by its whole path, else by its top level."""
    words = field_words()
    return words.get(path) or words.get(path.split(".")[0]) or path


def named_problem(error: ShownError) -> str:
    """A problem with the name of its field, for a list away from the field; words that name it already stay alone."""
    word = field_word(error.field)
    if word == error.field or word in error.message:
        return error.message
    return str(_("%(field)s：%(message)s", field=word, message=error.message))


def target_word(case: ApplicationView, target: str) -> str:
    """What a defect points to: a field, or a file by its name."""
    named = {material.material_id: material.file_name for material in case.materials}
    return named.get(target) or field_word(target)


def device(user_agent: str) -> str:
    """Browser and system of a session, as its owner would call them."""
    browsers = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
    systems = (
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    browser = next((word for mark, word in browsers if mark in user_agent), "")
    system = next((word for mark, word in systems if mark in user_agent), "")
    return " · ".join(filter(None, (browser, system))) or user_agent[:60] or _("未知设备")
