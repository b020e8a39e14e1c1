"""How do names come out of a model, and how probable are given ones?  Predictors, options, sampling, scoring."""
