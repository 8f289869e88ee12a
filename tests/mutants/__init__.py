"""Mutation testing of the decision: what a changed program lets through, some test must notice. ``make mutants`` writes docs/mutants.md."""
