"""Refunds (退款): money of payers that a cashier has to return, from the day it is held to the day it has arrived."""
