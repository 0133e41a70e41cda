"""Trial balance (试算平衡表) and daily close (日结): what stood in each account, frozen when the day is over."""
