"""Coverage-guided fuzzing of every parser of foreign text: ``make fuzz`` runs atheris, in an environment of its own."""
