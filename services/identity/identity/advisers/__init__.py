"""Advisers (客服专员) of large batches, and what people are told of batches."""
