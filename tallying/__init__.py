"""The count: elections, rules, ties, explanations, evidence and its verification."""
