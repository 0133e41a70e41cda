"""Jobs of the pre-check: public ones and those of materials."""
