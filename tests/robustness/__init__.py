"""What SECURITY.md promises, held to account: one module for each of its sections. ``make robustness`` prints the numbers."""
