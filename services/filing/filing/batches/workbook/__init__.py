"""The spreadsheet of a batch: a template made from the description of the form, and reading it when it comes back."""
