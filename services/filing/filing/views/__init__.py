"""Cases as they are shown: composed here from what the rooms below know of them."""
