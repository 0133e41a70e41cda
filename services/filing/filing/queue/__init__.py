"""The order of the examination queue: a rule, a record that shows what was taken out of it, and public figures."""
