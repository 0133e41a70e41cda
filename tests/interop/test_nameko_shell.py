"""An operator asks a running service by ``nameko shell``, as nameko's manual says; docs/runbooks/README.md says how."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from registry_infra.processes import Settings

TYPED = """
print("form:", n.rpc.filing.describe_form({"type": "work_registration"})["form_code"])
print("tariff:", "text_individual" in [line["code"] for line in n.rpc.payment.tariff({})["lines"]])

try:
    n.rpc.filing.progress({"number": "2026Z11L999999"})
except Exception as error:
    print("refused:", error.exc_type)

n.disconnect()
"""


def test_nameko_shell_asks_a_running_service_and_is_told_why_not(settings: Settings) -> None:
    command = [str(Path(sys.executable).with_name("nameko")), "shell", "--broker", settings.topology_amqp_url]
    done = subprocess.run(command, input=TYPED, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    said = dict(
        line.removeprefix(">>> ").lstrip(". >").split(": ", 1) for line in done.stdout.splitlines() if ": " in line
    )
    assert said == {"form": "Z11", "tariff": "True", "refused": "number_unknown"}, done.stdout
