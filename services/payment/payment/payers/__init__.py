"""Organisations that pay: by which name and tax id invoices are made out to them, as identity says."""
