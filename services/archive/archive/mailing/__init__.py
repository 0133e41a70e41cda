"""纸质证书邮寄: parcels asked for by applicants, printed and sent by the office, and what became of them."""
