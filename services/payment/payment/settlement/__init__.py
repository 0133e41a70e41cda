"""Settlement (入账): callbacks, the sweeper and bank statements all end in one idempotent ``settle``."""
