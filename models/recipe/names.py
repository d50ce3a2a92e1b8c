"""Puts the names of the labels (names.jsonl) into a model's labels.json, and its checksum into checksums.json.

    python names.py --model ../starter

names.jsonl has a line for each label: {"id", "name", "family", "fits"} (fits: of how many of the sentences it is true), written by reading what worksheets.py draws. A name is for one codebook: names.jsonl carries the
SHA-256 of the one it was written for in its first line, and is refused for another. Names that are equal get a key term beside them, so that each names one label.
"""

import argparse
import hashlib
import json
from collections import Counter
from pathlib import Path

from export import checksums

# Of what a sentence does; the editor has an icon for each (src/editor/annotations/familyIcon.ts).
FAMILIES = (
    "topic",  # a heading or a bare name of what follows
    "definition",  # says what something is, or what a word means
    "description",  # what something is like, consists of or does
    "fact",  # a figure, a date, a finding
    "reason",  # why: a cause, a purpose, a consequence
    "example",  # an instance, an illustration
    "comparison",  # likeness, difference, alternatives
    "instruction",  # what to do, step by step
    "requirement",  # what must or must not be: rules, duties, rights
    "warning",  # dangers, limits, exceptions, errors
    "advice",  # recommends, judges, values
    "proposal",  # goals, plans, decisions, intentions
    "question",  # asks, or raises a problem
    "event",  # tells what happened
    "scene",  # a place, a person's looks, a mood
    "speech",  # someone speaks, or is addressed
    "people",  # who somebody is; roles, teams, thanks
    "reference",  # points elsewhere: links, citations, see also
    "item",  # an entry of a list: an option, a parameter, an ingredient
    "code",  # code, commands, tables, formulas
)

# More does not fit above a paragraph (src/editor/annotations/shortName.ts).
LONGEST = 42


def main(options) -> None:
    path = options.model / "labels.json"
    labels = json.loads(path.read_text())
    head, *lines = [json.loads(line) for line in options.names.read_text().splitlines()]
    codebook = hashlib.sha256((options.model / "codebook.safetensors").read_bytes()).hexdigest()
    if head["codebook"] != codebook:
        raise ValueError(f"{options.names} names the labels of codebook {head['codebook'][:12]}…, not of {codebook[:12]}…")
    named = {line["id"]: line for line in lines}
    unknown = {line["family"] for line in lines} - set(FAMILIES)
    if unknown:
        raise ValueError(f"{options.names} has families that do not exist: {', '.join(sorted(unknown))}")
    long = [line["name"] for line in lines if len(line["name"]) > LONGEST]
    if long:
        raise ValueError(f"{options.names} has names of more than {LONGEST} characters: {', '.join(long)}")
    taken = Counter(line["name"].lower() for line in lines)
    used = set()
    for label in labels["labels"]:
        line = named.get(label["id"])
        if line is None:
            continue
        name = line["name"]
        if taken[name.lower()] > 1:
            # More terms until it is one of a kind.
            terms = [term for term in label["terms"] if term.lower() not in name.lower()]
            shown = 1
            while f"{line['name']} ({', '.join(terms[:shown])})".lower() in used and shown < len(terms):
                shown += 1
            name = f"{line['name']} ({', '.join(terms[:shown])})"
        if name.lower() in used:
            raise ValueError(f"two labels are named {name!r}: {options.names}")
        used.add(name.lower())
        label["name"], label["family"] = name, line["family"]
    path.write_text(json.dumps(labels, ensure_ascii=False, indent=1))
    checksums(options.model)
    families = Counter(line["family"] for line in lines)
    print(f"{len(lines)} of {len(labels['labels'])} labels named;", ", ".join(f"{family} {families[family]}" for family in FAMILIES))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--names", type=Path, default=Path(__file__).with_name("names.jsonl"))
    main(parser.parse_args())
