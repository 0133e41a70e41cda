"""By which numbers payment, outside production, and the provider simulator know each other.

No secrets: those are generated keys.
"""

MERCHANT = {
    "REGISTRY_WECHATPAY_APPID": "wx0000000000000001",
    "REGISTRY_WECHATPAY_MCHID": "1900000001",
    "REGISTRY_WECHATPAY_CERT_SERIAL": "3775B6A45ACD588826D15E583A95F5DD00000001",
    "REGISTRY_WECHATPAY_PUBLIC_KEY_ID": "PUB_KEY_ID_0119000000012026000000000000",
    "REGISTRY_WECHAT_OA_APPID": "wx0000000000000002",
    "REGISTRY_ALIPAY_APP_ID": "2021000000000001",
    "REGISTRY_BANK_PAYEE": "版权登记机构（演示）",
    "REGISTRY_BANK_NAME": "演示银行北京分行",
    "REGISTRY_BANK_ACCOUNT": "0000 0000 0000 0000 001",
    "REGISTRY_INVOICE_TAX_ID": "000000000000000001",
}
"""Settings of payment, as a provider's contract with the office would give them."""
