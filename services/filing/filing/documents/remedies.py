"""What can be done about a refusal: the same on the notice and on the case's page."""

from __future__ import annotations

from filing.forms.policy import policies
from filing.forms.words import Language, Words

_REMEDIES = (
    Words(
        zh="针对上述理由修改或补充材料后，可以重新提交登记申请。",
        en="Mend what the reasons name, and file a new application.",
    ),
    Words(
        zh="对决定有疑问的，可以致电 {phone} 咨询办理。",
        en="If anything about the decision is unclear, call {phone}.",
    ),
    Words(
        zh="不服本决定的，可以自知道本决定之日起 60 日内依法申请行政复议（《行政复议法》第二十条），"
        "或者自知道本决定之日起六个月内依法向人民法院提起行政诉讼（《行政诉讼法》第四十六条）。",
        en="If you do not accept the decision, you may apply for administrative reconsideration within 60 days of "
        "learning of it (Administrative Reconsideration Law, art. 20), or bring an administrative action before the "
        "people's court within six months of learning of it (Administrative Litigation Law, art. 46).",
    ),
)


def remedies(language: Language) -> list[str]:
    """In the order of the notice."""
    phone = policies().office.phone
    return [words.in_language(language).format(phone=phone) for words in _REMEDIES]
