"""Work of the materials workers that takes long: repairs and source deposits, and the queue they share with checks."""
