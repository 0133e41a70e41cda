"""The public JSON API: one module per capability, each with its ``routes``. A new one is named here, once."""

from gateway.api import (
    accounts,
    applications,
    batches,
    callbacks,
    cashier,
    consents,
    deposits,
    description,
    documents,
    examinations,
    expedites,
    exports,
    forms,
    gazette,
    jobs,
    lookups,
    materials,
    messages,
    notifications,
    old_accounts,
    payments,
    prechecks,
    queries,
    recoveries,
    refunds,
    sandbox,
    sessions,
    statements,
    submission,
    verifications,
)
from gateway.uploads import tus
from gateway.web.api import ApiGroup

GROUPS: tuple[ApiGroup, ...] = (
    accounts.routes,
    consents.routes,
    notifications.routes,
    exports.routes,
    sessions.routes,
    tus.routes,
    verifications.routes,
    prechecks.routes,
    deposits.routes,
    jobs.routes,
    forms.routes,
    applications.routes,
    materials.routes,
    submission.routes,
    payments.routes,
    refunds.routes,
    statements.routes,
    cashier.routes,
    documents.routes,
    queries.routes,
    gazette.routes,
    recoveries.routes,
    old_accounts.routes,
    messages.routes,
    examinations.routes,
    expedites.routes,
    lookups.routes,
    batches.routes,
    callbacks.routes,
    description.routes,
)
SANDBOX = sandbox.routes


def groups(with_sandbox: bool) -> tuple[ApiGroup, ...]:
    """What a deployment offers: production has no sandbox routes at all."""
    return (*GROUPS, SANDBOX) if with_sandbox else GROUPS
