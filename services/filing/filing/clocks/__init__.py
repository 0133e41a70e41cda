"""Legal periods of a case: what actions do to them."""
