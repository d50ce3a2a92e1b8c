"""Directions of the embedding space along which sentences differ by what they do, not by what they are about.

    python acts.py draw --data train.npz --tokenizer … --out acts-to-read.tsv
    python acts.py collect --data train.npz --read acts-read.tsv --out acts.jsonl

Sentence embeddings are above all about topics, and so are groups of them. So sentences drawn at random were read, and for each one of the acts below was chosen
(acts.jsonl: by a language model, without context). Ridge regression of the acts on the embeddings gives a direction for each act; the leading singular directions
of these span the space in which labels.py groups sentences. What a document is about is largely outside of it.

acts.jsonl has the documents' ids and the numbers of their units, no text; units are those of the extension's splitter. Its sentences were drawn in two rounds of five
a document.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from dataset import unit_text

ACTS = dict(
    HT="heading that names a topic",
    HK="heading that names a task to do",
    DF="definition: says what something is or what a word means",
    DS="describes how something works, behaves, looks or what it consists of",
    FN="says what one can do with it, what is supported or possible",
    ST="status, version or change: what was added, fixed, deprecated, is planned for a release",
    FA="states a fact, figure, date or finding (of the world, of research, of history in general)",
    RE="gives a reason, purpose, cause or consequence",
    EX="gives an example or illustration",
    CO="compares, contrasts, offers alternatives",
    IN="instruction or step: tells the reader to do something",
    CD="condition: if or when this, then that",
    RQ="requirement or rule: must, shall, may only, has to",
    WN="warning, limitation, exception, error, what fails or is not supported",
    AD="advice or recommendation",
    EV="evaluates, judges, gives an opinion, praises or criticises",
    PR="proposes; a plan, goal or intention; a decision",
    QU="asks a question or raises a problem",
    NA="narrates what happened, events in order (report, history of a person, fiction)",
    SC="scene: a place, a person's looks, mood",
    SP="direct speech or dialogue",
    FE="thoughts or feelings of a person, first-person reflection",
    PE="who somebody is; roles, teams, participants, thanks",
    RF="points elsewhere: see, link, citation, further reading",
    LI="leads in to a list, code, table or figure",
    IT="short list item or cell: only names a thing, option, value",
    IP="list item that explains an option, parameter, field or term",
    CM="code, command, output",
    TB="table, formula, metadata, bibliographic line",
    SU="says what this page, section or chapter covers; overview; conclusion",
    RU="says what one gets or sees as a result of a step, what a call returns",
    OT="none of these; a fragment",
)


# Fewer sentences would not tell 32 acts apart in 384 dimensions.
LEAST = 3000


def read(path: Path, data) -> tuple[np.ndarray, np.ndarray]:
    """Units [n] of the dataset that were read, and their acts [n] as indices into ACTS."""
    first = {str(id): (int(a), int(b)) for id, a, b in zip(data["ids"], data["unit_starts"][:-1], data["unit_starts"][1:])}
    codes = list(ACTS)
    units, acts = [], []
    for line in map(json.loads, path.read_text().splitlines()):
        if line["id"] not in first:
            continue
        start, end = first[line["id"]]
        units += [start + int(unit) for unit in line["acts"]]
        acts += [codes.index(act) for act in line["acts"].values()]
        if units[-1] >= end:
            raise ValueError(f"{line['id']} has {end - start} units, and {path} speaks of more: it was made with another state of the splitter")
    if len(units) < LEAST:
        raise ValueError(f"only {len(units)} sentences of {path} are in the dataset: it must have the first 2,500 documents of the training split")
    return np.array(units), np.array(acts)


def held_out(units: np.ndarray, data) -> np.ndarray:
    """Which of the units [n] lie in documents that are kept back where it is measured how well acts are known (act_encoder.py, label_sets.py): every tenth."""
    return np.searchsorted(data["unit_starts"], units, side="right") % 10 == 0


def regress(points: np.ndarray, acts: np.ndarray, ridge: float = 3.0) -> np.ndarray:
    """Ridge regression of one-hot acts on centred points [n, e] → weights [e, acts]."""
    wide = np.c_[points, np.ones(len(points))]
    return np.linalg.solve(wide.T @ wide + ridge * np.eye(wide.shape[1]), wide.T @ np.eye(len(ACTS))[acts])[:-1]


def leading(weights: np.ndarray, count: int = 24) -> np.ndarray:
    """Orthonormal directions [e, count] of the weights' span, those that tell most acts apart first."""
    return np.linalg.svd(weights, full_matrices=False)[0][:, :count].astype(np.float32)


def directions(path: Path, data, embeddings: np.ndarray) -> np.ndarray:
    """The space in which sentences are grouped, as an orthonormal basis [e, 24]."""
    units, acts = read(path, data)
    points = embeddings[units].astype(np.float64)
    return leading(regress(points - points.mean(0), acts))


def draw(options) -> None:
    """Sentences to be read: at random, at most ten of a document."""
    data, random = dict(np.load(options.data)), np.random.default_rng(options.seed)
    tokenizer = Tokenizer.from_file(str(options.tokenizer))
    starts = data["unit_starts"]
    drawn = [i for a, b in list(zip(starts[:-1], starts[1:]))[: options.documents] for i in random.permutation(np.arange(a, b))[:10]]
    with open(options.out, "w") as file:
        for i in random.permutation(drawn)[: options.sentences]:
            file.write(f"{i}\t{' '.join(unit_text(data, tokenizer, i).split())[:200]}\n")


def collect(options) -> None:
    """Lines of unit and act, as they were read, by document."""
    data = dict(np.load(options.data))
    document = np.searchsorted(data["unit_starts"], np.arange(len(data["kinds"])), side="right") - 1
    by_document: dict[int, dict[str, str]] = {}
    for line in sorted(options.read.read_text().splitlines(), key=lambda one: int(one.split()[0])):
        unit, act = line.split()
        if act not in ACTS:
            raise ValueError(f"{options.read}: there is no act {act!r}")
        at = int(document[int(unit)])
        by_document.setdefault(at, {})[str(int(unit) - int(data["unit_starts"][at]))] = act
    with open(options.out, "w") as file:
        for at, acts in by_document.items():
            file.write(json.dumps(dict(id=str(data["ids"][at]), acts=acts), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    for name, run in (("draw", draw), ("collect", collect)):
        command = commands.add_parser(name)
        command.set_defaults(run=run)
        command.add_argument("--data", type=Path, required=True)
        command.add_argument("--out", type=Path, required=True)
    commands.choices["draw"].add_argument("--tokenizer", type=Path, required=True)
    commands.choices["draw"].add_argument("--sentences", type=int, default=18_800)
    commands.choices["draw"].add_argument("--documents", type=int, default=2500)
    commands.choices["draw"].add_argument("--seed", type=int, default=0)
    commands.choices["collect"].add_argument("--read", type=Path, required=True)
    options = parser.parse_args()
    options.run(options)
