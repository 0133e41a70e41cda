"""The workbench is for staff: others are led to sign in, and everybody sees only what their roles are for."""

from __future__ import annotations

from contracts.base import STAFF_ROLES, StaffRole, staff
from flask import Blueprint
from werkzeug.wrappers import Response

from gateway.pages.access import for_signed_in, to_sign_in
from gateway.web.caller import caller, require


def staff_only(pages: Blueprint, *roles: StaffRole) -> Blueprint:
    """Lets only staff open the pages of a blueprint: those holding one of the roles, or all without any named."""
    access = staff(*(roles or STAFF_ROLES))

    def check() -> Response | None:
        if not caller().signed_in:
            return to_sign_in()
        require(access)
        return None

    return for_signed_in(pages, check)
