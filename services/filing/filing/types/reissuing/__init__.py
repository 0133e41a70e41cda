"""补发、换发证书: the same of works and of software. Each kind is a room of its own."""
