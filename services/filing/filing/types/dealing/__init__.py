"""合同登记与质权登记: what assignments, licences, pledges and releases share. Each kind is a room of its own."""
