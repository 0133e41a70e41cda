"""Files of a case, in order, each with its pre-check."""
