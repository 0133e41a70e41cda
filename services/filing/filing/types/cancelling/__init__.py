"""撤销登记 by those whose it is: the same of works and of software. Each kind is a room of its own."""
