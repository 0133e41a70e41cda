"""加急: a case is examined by a promised day, for a fee, when a senior examiner grants it."""
