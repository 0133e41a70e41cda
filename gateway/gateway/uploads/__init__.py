"""Uploads: tus 1.0.0 and plain forms in, receipts out."""

from gateway.uploads.receipt import Received, offer_made_file, receipt_for

__all__ = ["Received", "offer_made_file", "receipt_for"]
