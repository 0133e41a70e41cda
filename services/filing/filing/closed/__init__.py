"""Accounts that their holders closed, and what of them goes."""
