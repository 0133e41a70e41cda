"""Tariff (收费标准): which fee an application owes on a legal date."""
