"""计算机软件著作权登记证书补发或换发 (R51)."""

from __future__ import annotations

from functools import partial

from contracts.forms import SoftwareReissueForm

from filing.forms.fields import fields_beside
from filing.types.changing import effects as changing
from filing.types.changing import registered
from filing.types.filing_type import FilingType
from filing.types.reissuing import effects, materials, rules

SOFTWARE_REISSUE: FilingType[SoftwareReissueForm] = FilingType(
    name="software_reissue",
    kind="software",
    department="软件登记部",
    form=SoftwareReissueForm,
    fields=fields_beside("filing.types.reissuing"),
    begin=registered.begin,
    with_applicant=registered.with_applicant,
    check=rules.check,
    materials=materials.needs,
    title=changing.title,
    subject=changing.subject,
    printed=effects.printed,
    fee_basis=changing.fee_basis,
    declaration_title="补发或换发证书声明书",
    declaration=partial(effects.declaration, note="《计算机软件著作权登记办法》"),
    entry=effects.entry,
)
