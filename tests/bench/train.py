"""``make train``: the labelled data in, the judge's ``weights.json`` out, with its worth on repositories it has not seen.

The model learns from the files written for the purpose, too (``tests/accuracy/files``): they hold ways to write a secret that the labelled
repositories have few of. They weigh less, and its worth is measured on the labelled ones alone.
"""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

from scanner.models import Severity
from scanner.secrets.judge import assignment, judge, words
from scanner.secrets.judge.features import features
from scanner.secrets.judge.veto import veto
from tests.accuracy import labelled, propose, written
from tests.bench.logistic import Example, Weights, fit

if TYPE_CHECKING:
    from scanner.secrets.candidate import Candidate

TARGET = Path(__file__).parents[2] / "scanner/secrets/judge/weights.json"
FOLDS = 8
SHUFFLES = (3, 1, 2)
CERTAIN_PRECISION = 0.978
NEXT_TO_NOTHING = 0.003
NEVER = -1e9
SMALL = 0.04
WIDESPREAD = 3
WRITTEN = 0.05
WRITTEN_SEEDS = 4


class Sample(NamedTuple):
    """A candidate assignment: where it is, what is said of its line, its features, the worst severity its surroundings allow, whether
    the judge says no before it asks the model (the model learns from it all the same), and what it weighs in training."""

    path: str
    line: int
    truth: str
    features: frozenset[str]
    most: Severity
    plain: bool
    weight: float = 1.0


class Judged(NamedTuple):
    sample: Sample
    points: float


class Read(NamedTuple):
    """The candidate assignments that no veto settles, those of the written files, what the other rules report by place, and the labels."""

    samples: list[Sample]
    written: list[Sample]
    others: dict[tuple[str, int], Severity]
    truth: list[labelled.Row]


def main() -> None:
    data = read()
    rounds = [held_out(data.samples, data.written, shuffle) for shuffle in SHUFFLES]
    likely = cautious(rounds)
    certain = precise(rounds, CERTAIN_PRECISION)
    for judged in rounds:
        report(judged, data, likely, certain)
    write(train([*data.samples, *data.written]), likely, certain)


def read() -> Read:
    truth = labelled.rows()
    kind = labelled.labels(truth)
    samples: list[Sample] = []
    others: dict[tuple[str, int], Severity] = {}
    with tempfile.TemporaryDirectory() as folder:
        root = labelled.unpack(Path(folder))
        for line, one in propose.candidates(root, sorted({row.path for row in truth})):
            place = (one.path, line)
            if one.rule.checksum != "assignment":
                verdict = judge(one)
                others.update({place: max(verdict.severity, others.get(place, verdict.severity))} if verdict.secret else {})
            elif veto(one) is None:
                samples.append(_sample(place, kind.get(place, ""), one))
    return Read(samples, read_written(), others, truth)


def read_written() -> list[Sample]:
    """The written files with several values each; each file counts as a repository of its own."""
    known = written.templates()
    samples: list[Sample] = []
    for seed in range(WRITTEN_SEEDS):
        with tempfile.TemporaryDirectory() as folder:
            written.write(Path(folder), seed)
            for line, one in propose.candidates(Path(folder), sorted(known)):
                secret = known[one.path][line - 1].secret
                if one.rule.checksum == "assignment" and secret is not None and veto(one) is None:
                    place = (f"{one.path.replace('/', ' ')}/{seed}", line)
                    samples.append(_sample(place, "T" if secret else "F", one, WRITTEN))
    return samples


def _sample(place: tuple[str, int], truth: str, one: Candidate, weight: float = 1.0) -> Sample:
    return Sample(*place, truth, features(one), assignment.most(one), words.plain(one.value), weight)


def train(every: list[Sample]) -> Weights:
    """Fit twice: a line labelled as a secret may hold further candidates; the second time only those the first model believes in count."""
    samples = widespread(every)
    first = fit(examples(samples))
    best: dict[tuple[str, int], float] = {}
    for sample in samples:
        place = (sample.path, sample.line)
        best[place] = max(best.get(place, -1e9), first.score(sample.features))
    kept = [one for one in samples if first.score(one.features) >= min(0.5, best[one.path, one.line]) or one.truth != "T"]
    return fit(examples(kept))


def widespread(samples: list[Sample]) -> list[Sample]:
    """The samples with the features that several repositories know: what is true of one or two only says nothing of the next."""
    known: dict[str, set[str]] = {}
    for sample in samples:
        for name in sample.features:
            known.setdefault(name, set()).add(labelled.repository(sample.path))
    kept = {name for name, repositories in known.items() if len(repositories) >= WIDESPREAD}
    return [sample._replace(features=sample.features & kept) for sample in samples]


def examples(samples: list[Sample]) -> list[Example]:
    return [Example(sample.features, sample.truth == "T", sample.weight) for sample in samples if sample.truth in {"T", "F", "X"}]


def held_out(samples: list[Sample], always: list[Sample], shuffle: int) -> list[Judged]:
    """Each sample judged by a model that has seen no file of its repository, and all of ``always``; ``shuffle`` makes the folds."""
    names = sorted({labelled.repository(sample.path) for sample in samples})
    random.Random(shuffle).shuffle(names)
    judged: list[Judged] = []
    for fold in range(FOLDS):
        unseen = set(names[fold::FOLDS])
        model = train([*(sample for sample in samples if labelled.repository(sample.path) not in unseen), *always])
        others = [one for one in samples if labelled.repository(one.path) in unseen]
        judged += [Judged(one, NEVER if one.plain else model.score(one.features)) for one in others]
    return judged


def measure(judged: list[Judged], threshold: float) -> tuple[float, float, float]:
    """Precision, recall and F1 over labelled lines with a candidate, reported at ``threshold``."""
    said: dict[tuple[str, int], bool] = {}
    truth: dict[tuple[str, int], str] = {}
    for one in judged:
        place = (one.sample.path, one.sample.line)
        truth[place] = one.sample.truth
        said[place] = said.get(place, False) or one.points >= threshold
    right = sum(said[place] and truth[place] == "T" for place in said)
    wrong = sum(said[place] and truth[place] in {"F", "X"} for place in said)
    every = sum(label == "T" for label in truth.values())
    precision, recall = right / max(1, right + wrong), right / max(1, every)
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def cautious(rounds: list[list[Judged]]) -> float:
    """The highest threshold that costs next to nothing of the best F1: elsewhere secrets are far fewer among the candidates than here."""
    steps = [step / 10 for step in range(-20, 40)]
    f1 = {step: fmean(measure(judged, step)[2] for judged in rounds) for step in steps}
    return max(step for step in steps if f1[step] >= max(f1.values()) - NEXT_TO_NOTHING)


def precise(rounds: list[list[Judged]], wanted: float) -> float:
    """The lowest threshold whose held-out precision is ``wanted``."""
    return next((step / 10 for step in range(80) if fmean(measure(judged, step / 10)[0] for judged in rounds) >= wanted), 8.0)


def report(judged: list[Judged], data: Read, likely: float, certain: float) -> None:
    print(f"each repository judged by a model that has not seen it ({FOLDS} folds)")
    for name, threshold in (("likely", likely), ("certain", certain)):
        precision, recall, f1 = measure(judged, threshold)
        print(f"assignments, {name:8} >= {threshold:4.1f}  precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}")
    said = reported(judged, data, likely, certain)
    for name, least in (("all severities", Severity.UNKNOWN), ("high and critical", Severity.HIGH)):
        total = labelled.score(data.truth, {place for place, severity in said.items() if severity >= least})
        print(f"all rules, {name:18}  precision {total.precision:.3f}  recall {total.recall:.3f}  F1 {total.f1:.3f}  {total}")


def reported(judged: list[Judged], data: Read, likely: float, certain: float) -> dict[tuple[str, int], Severity]:
    """The lines that all rules together report, with the worst severity said of them."""
    said = dict(data.others)
    for one in judged:
        if one.points >= likely:
            severity = min(Severity.HIGH if one.points >= certain else Severity.MODERATE, one.sample.most)
            place = (one.sample.path, one.sample.line)
            said[place] = max(severity, said.get(place, severity))
    return said


def write(model: Weights, likely: float, certain: float) -> None:
    """One feature a line, so that a change of the model can be read in a diff."""
    weights = {name: round(weight, 2) for name, weight in sorted(model.weights.items()) if abs(weight) >= SMALL}
    content = {"bias": round(model.bias, 2), "likely": likely, "certain": certain, "weights": weights}
    TARGET.write_text(json.dumps(content, indent=0) + "\n", "utf-8")
    print(f"{len(weights)} weights written")


if __name__ == "__main__":
    main()
