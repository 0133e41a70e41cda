"""计算机软件著作权登记证书补发或换发 (R51)."""

from __future__ import annotations

from functools import partial

from contracts.forms import SoftwareReissueForm

from filing.forms.fields import fields_beside
from filing.types import about
from filing.types.filing_type import FilingType
from filing.types.reissuing import effects, materials, rules

SOFTWARE_REISSUE: FilingType[SoftwareReissueForm] = FilingType(
    name="software_reissue",
    kind="software",
    department="软件登记部",
    form=SoftwareReissueForm,
    fields=fields_beside("filing.types.reissuing"),
    begin=about.begin,
    with_applicant=about.with_applicant,
    check=rules.check,
    materials=materials.needs,
    title=about.title,
    subject=about.subject,
    printed=effects.printed,
    fee_basis=about.fee_basis,
    declaration_title="补发或换发证书声明书",
    declaration=partial(effects.declaration, note="《计算机软件著作权登记办法》"),
    entry=effects.entry,
)
