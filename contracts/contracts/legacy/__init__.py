"""What of the old system is handed from the legacy bridge to the services that own it: batches of rows in a file.

The bridge reads and maps; who owns a kind of row writes it into its own tables and answers with sums over what it has
stored. An old account is identity's, a finished registration the archive's, an unfinished case the bridge's own.
"""

from contracts.legacy.batches import (
    ACCOUNTS,
    BATCH_BYTES,
    BATCH_ROWS,
    BETWEEN,
    CASES,
    OF_AN_IMPORT,
    REGISTRATIONS,
    TARGETS,
    UNSAYABLE,
    BatchBroken,
    Target,
    account_record,
    is_record,
    pack,
    unpack,
    unpack_header,
)
from contracts.legacy.events import (
    BatchLoaded,
    FieldSum,
    ImportWithdrawn,
    NumbersTold,
    RecordImported,
    RefusedRow,
    StagedAccounts,
    StagedRegistrations,
    SumsAsked,
    SumsTold,
    WithdrawalDone,
)
from contracts.legacy.numbers import numbers_told
from contracts.legacy.sums import as_field_sums, sum_of, sums_of, sums_of_said, together

__all__ = [
    "ACCOUNTS",
    "BATCH_BYTES",
    "BATCH_ROWS",
    "BETWEEN",
    "CASES",
    "OF_AN_IMPORT",
    "REGISTRATIONS",
    "TARGETS",
    "UNSAYABLE",
    "BatchBroken",
    "BatchLoaded",
    "FieldSum",
    "ImportWithdrawn",
    "NumbersTold",
    "RecordImported",
    "RefusedRow",
    "StagedAccounts",
    "StagedRegistrations",
    "SumsAsked",
    "SumsTold",
    "Target",
    "WithdrawalDone",
    "account_record",
    "as_field_sums",
    "is_record",
    "numbers_told",
    "pack",
    "sum_of",
    "sums_of",
    "sums_of_said",
    "together",
    "unpack",
    "unpack_header",
]
