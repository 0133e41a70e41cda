"""旧系统入口: where a case begun before 31 August 2020 is continued. Plain HTML that IE 7 can read."""

from __future__ import annotations

import re

from flask import Blueprint, render_template, request

from gateway.web.languages import LOCALES

pages = Blueprint("legacy", __name__)

OLD_SYSTEM = "http://apply.ccopyright.com.cn/cpcc/column_list_bqdj.jsp"
_IE = re.compile(r"MSIE (\d+)\.")
_TRIDENT = re.compile(r"Trident/(\d+)\.")
TRIDENT_TO_IE = {4: 8, 5: 9, 6: 10, 7: 11}


@pages.get("/legacy")
def legacy_entry() -> str:
    """Where cases of the old system are, and which browsers open it."""
    return render_template(
        "legacy.html", old_system=OLD_SYSTEM, browser=browser_advice(request.user_agent.string), locales=LOCALES
    )


def browser_advice(user_agent: str) -> str:
    """What the old system will make of this browser: ``ready``, ``compatibility_off`` (IE 10/11) or ``other``.

    Trident names the real engine; in compatibility view it comes together with ``MSIE 7.0``.
    """
    trident = _TRIDENT.search(user_agent)
    claimed = _IE.search(user_agent)
    if trident is None:
        return "ready" if claimed and int(claimed.group(1)) >= 7 else "other"
    version = TRIDENT_TO_IE.get(int(trident.group(1)), 11)
    if version < 10:
        return "ready"
    return "ready" if claimed and claimed.group(1) == "7" else "compatibility_off"
