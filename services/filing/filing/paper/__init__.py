"""Receipt of paper material by its cover sheet."""
