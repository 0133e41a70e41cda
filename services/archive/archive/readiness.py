"""What the archive needs beyond what every service needs: a seal that verifiers will believe."""

from __future__ import annotations

from chassis.readiness import NotFit
from chassis.runtime import Runtime
from chassis.signing.fitness import seal_is_unfit


def require_a_seal(runtime: Runtime) -> None:
    """There is a key and a certificate to seal with, in force and fit for the profile. ``NotFit`` says which is not."""
    if reason := seal_is_unfit(runtime.settings.pki_dir, sandbox=runtime.settings.sandbox):
        raise NotFit(f"{reason} (docs/runbooks/key-rotation.md)")


SETTINGS = {"seal": require_a_seal}
