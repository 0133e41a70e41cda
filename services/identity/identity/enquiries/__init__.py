"""咨询记录: what people asked customer service, and the calls that were promised them."""
