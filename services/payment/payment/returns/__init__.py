"""Returns (待退款): money of payers that a cashier has to return or assign, one item for each transaction."""
