"""An empty tree: git cannot keep one."""


def plant(tree: object) -> None:
    """Nothing."""
