"""A stand-in for the old system: what such systems leave behind, made by rule, and what must become of each row."""
