"""公告: each legal day's records of the register, announced once the day is over: list, pages and signed PDF."""
