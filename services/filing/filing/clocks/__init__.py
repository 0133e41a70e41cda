"""Legal periods of a case and what happens when they run out."""
