"""Daily reconciliation (对账): what providers' bills say of a day, against the payments and refunds in the books."""
