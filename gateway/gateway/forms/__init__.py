"""Forms of filing types: one renderer, one reader of entries, one answer sheet, all by the form's description.

Nothing here or elsewhere in the gateway knows a form's field by name: filing describes the form, and what a page
shows, reads and says follows from the description.
"""
