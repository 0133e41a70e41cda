"""The sandbox's payment provider: WeChat Pay and Alipay as a merchant sees them, with real keys and signatures.

It checks the merchant's signatures as the real ones do, answers and calls back with signatures of its own, repeats
callbacks until they are taken, keeps its trades on disk, and misbehaves when asked to.
"""
