"""From the columns of an old system to the fields of ours: mappings are data, converters are pure, nothing is guessed.

A value is converted or the row is rejected with a reason; a column that a mapping does not know, or misses, is refused
before the first row is read.
"""

from legacy_bridge.mappings.faults import Unmapped
from legacy_bridge.mappings.model import Mapping, Plan, mapping_names, mapping_of

__all__ = ["Mapping", "Plan", "Unmapped", "mapping_names", "mapping_of"]
