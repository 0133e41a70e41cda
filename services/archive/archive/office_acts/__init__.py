"""登记机构的撤销和更正: proposed by one, confirmed by another, recorded in the register."""
