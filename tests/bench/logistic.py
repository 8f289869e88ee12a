"""Logistic regression over sets of named features, in plain Python and the same on every machine: examples in, weights out."""

from __future__ import annotations

import random
from collections import Counter
from math import exp, sqrt
from typing import NamedTuple

RARE = 5
PENALTY = 0.03
RATE = 0.2
ROUNDS = 25


class Example(NamedTuple):
    features: frozenset[str]
    secret: bool
    weight: float = 1.0


class Weights(NamedTuple):
    bias: float
    weights: dict[str, float]

    def score(self, features: frozenset[str]) -> float:
        return self.bias + sum(self.weights.get(name, 0.0) for name in features)


def fit(examples: list[Example], *, seed: int = 1) -> Weights:
    """Gradient descent with per-feature rates (AdaGrad) and an L2 penalty; features seen fewer than ``RARE`` times are left out."""
    seen = Counter(name for example in examples for name in example.features)
    names = sorted(name for name, times in seen.items() if times >= RARE)
    index = {name: at for at, name in enumerate(names)}
    data = [
        ([index[name] for name in sorted(example.features) if name in index], float(example.secret), example.weight) for example in examples
    ]
    weights, squares, bias, bias_square = [0.0] * len(names), [1e-6] * len(names), 0.0, 1e-6
    order = random.Random(seed)
    for _ in range(ROUNDS):
        order.shuffle(data)
        for active, wanted, weight in data:
            slope = weight * (1 / (1 + exp(-max(-30.0, min(30.0, bias + sum(weights[at] for at in active))))) - wanted)
            bias_square += slope * slope
            bias -= RATE * slope / sqrt(bias_square)
            for at in active:
                step = slope + PENALTY * weights[at]
                squares[at] += step * step
                weights[at] -= RATE * step / sqrt(squares[at])
    return Weights(bias, dict(zip(names, weights, strict=True)))
