"""The filing types: one room for each thing that can be filed."""
