"""鉴别材料: makes conforming deposits of source code and documents (登记办法 art. 10 to 12).

``materials.deposit.engine`` builds them in confinement; everything else here is pure and runs inside it.
"""
