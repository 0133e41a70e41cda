"""Orders (订单): what an application owes, until when, and the receipt when it is paid."""
