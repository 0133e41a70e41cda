"""Drafts: what a form asks for, what is wrong with one, and how it is kept until it is filed."""
