"""Payment leads to acceptance: acceptance number, notice, clocks."""
