"""The office's staff accounts: invited, given roles, reset and deactivated, by two where one must not do it alone."""
