"""封存: who may seal a deposit, and who may open one that is sealed."""
