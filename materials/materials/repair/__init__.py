"""一键修复: changes a file only as far as asked, and says what it changed. Nothing is dropped or invented silently.

``run_repair(profile, path, output, fix)`` is the one entry, ``describe_change`` has the words, ``preview`` a picture.
"""

from materials.repair.engine import REPAIRS, RepairResult, preview, run_repair
from materials.repair.model import Change
from materials.repair.words import describe_change

__all__ = ["REPAIRS", "Change", "RepairResult", "describe_change", "preview", "run_repair"]
