"""How cities count: the rule that a file declares, and what is known where that is not all."""
