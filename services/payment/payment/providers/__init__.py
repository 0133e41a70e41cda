"""Payment providers: WeChat Pay and Alipay, and the payments started with them."""
