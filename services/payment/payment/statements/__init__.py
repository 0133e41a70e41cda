"""Statements of the office's bank account (银行对账单): files, their rows, and what became of each row."""
