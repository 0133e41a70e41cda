"""Electronic-invoice data (数电票): blue for a paid order, red (红冲) for each refund of it that has arrived."""
