"""The cashier's desk (出纳台): what waits, one search for all that is money, an order with all that belongs to it."""
