"""What was typed into a draft and not saved yet: kept for a time, so that a closed page costs nothing."""
