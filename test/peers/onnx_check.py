"""Compares smxc's verdict with onnx.checker.check_model on thousands of models and mutations of them.

    python3 -m venv venv && venv/bin/pip install onnx==1.23.1 numpy
    npx tsc -b && venv/bin/python test/peers/onnx_check.py [--mutations 6000] [--seed 1] [--full]

Models: the .onnx files inside the installed wheel (onnx/backend/test/data) and its generated node tests. Agreement is
stated over the accepted and over the refused. Disagreements are printed and written to onnx_check_disagreements.txt
(with --full: onnx_full_disagreements.txt), one line each: the mutation, the peer's words, smxc's findings, the reason
to differ. Exit 1 below 99.5 %.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import warnings

import onnx
from onnx import checker
from onnx.backend.test.loader import load_model_tests

import onnx_mutations

# Why smxc keeps to a verdict that is not the peer's: words of a disagreement, and the reason.
REASONS = {
    "[9223372036854775807]": "onnx rounds up the elements of packed types in 64 bits, which wraps; the data is too short",
    "differ in rank: (1) vs (4)": "onnx infers Attention's product of queries and keys from the batch alone where the "
    "value's shape is not known",
    ": (0) vs (": "onnx takes sizes of Attention's values that it does not know for 0",
    "onnx/function-depth": "onnx starts at functions in the order of a hash table, and misses chains it enters in the middle",
}

HERE = pathlib.Path(__file__).parent
LARGEST_BASE = 20_000
BYTE_SHARE = 0.15
GOAL = 0.995


def harvest() -> dict[str, bytes]:
    data = pathlib.Path(onnx.__file__).parent / "backend/test/data"
    found = {str(path.relative_to(data)): path.read_bytes() for path in sorted(data.rglob("*.onnx"))}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cases = load_model_tests(kind="node")
    found.update({f"node/{case.name}": case.model.SerializeToString(deterministic=True) for case in cases})
    return found


def mutated(bases: dict[str, bytes], count: int, seed: int, full: bool) -> dict[str, bytes]:
    rng = random.Random(seed)
    small = sorted(name for name, data in bases.items() if len(data) <= LARGEST_BASE)
    mutations = {**onnx_mutations.SHAPED, **({} if full else onnx_mutations.MUTATIONS)}
    names = sorted(mutations)
    made: dict[str, bytes] = {}
    while len(made) < count:
        base = rng.choice(small)
        if not full and rng.random() < BYTE_SHARE:
            made[f"{len(made)} bytes of {base}"] = onnx_mutations.mutate_bytes(rng, bases[base])
            continue
        model = onnx.ModelProto.FromString(bases[base])
        used = [name for name in rng.sample(names, rng.choice([1, 1, 1, 2])) if mutations[name](rng, model)]
        if used:
            made[f"{len(made)} {'+'.join(used)} of {base}"] = model.SerializeToString(deterministic=True)
    return made


def prepare_folder(folder: pathlib.Path) -> None:
    """What the locations of external data in the mutations point to."""
    (folder / "data.bin").write_bytes(bytes(1000))
    (folder / "folder").mkdir()
    (folder / "folder/data.bin").write_bytes(bytes(1000))
    (folder / "symlink.bin").symlink_to("data.bin")
    outside = folder.parent / "outside"
    outside.mkdir()
    (outside / "data.bin").write_bytes(bytes(1000))
    (folder / "symlinked_folder").symlink_to(outside, target_is_directory=True)
    (folder / "twice.bin").write_bytes(bytes(10))
    os.link(folder / "twice.bin", folder / "hardlink.bin")


def judge(listing: pathlib.Path, verdicts: pathlib.Path, first: int, full: bool) -> None:
    """Appends what the official checker says about each file of the list, a JSON string a line; empty: it accepts."""
    with verdicts.open("a") as out:
        for path in listing.read_text().splitlines()[first:]:
            try:
                checker.check_model(path, full_check=full)
                said = ""
            except Exception as error:  # The checker raises several kinds; each is a refusal.
                said = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            out.write(f"{json.dumps(said)}\n")
            out.flush()


def peer_verdicts(paths: list[pathlib.Path], full: bool, folder: pathlib.Path) -> list[str | None]:
    """The official verdicts, from a process of their own: bad shapes abort it. None where they did."""
    listing, verdicts = folder.parent / "list.txt", folder.parent / "verdicts.txt"
    listing.write_text("\n".join(map(str, paths)))
    verdicts.touch()
    crashes: set[int] = set()
    while len(done := verdicts.read_text().split("\n")[:-1]) < len(paths):
        command = [sys.executable, __file__, "--judge", str(listing), str(verdicts), str(len(done))]
        # Its C++ prints warnings about experimental operators to standard output, and its last words to standard error.
        code = subprocess.run([*command, *(["--full"] if full else [])], capture_output=True).returncode
        if code != 0:
            crashes.add(len(verdicts.read_text().split("\n")[:-1]))
            with verdicts.open("a") as out:
                out.write('""\n')
    return [None if i in crashes else json.loads(said) for i, said in enumerate(done)]


def smxc_verdicts(paths: list[pathlib.Path], full: bool, folder: pathlib.Path) -> list[dict]:
    runner = [os.environ.get("SMXC_PEER_NODE", "node"), str(HERE / "onnx-check-runner.mjs"), *(["--full"] if full else [])]
    listing = folder.parent / "list.txt"
    listing.write_text("\n".join(map(str, paths)))
    output = subprocess.run([*runner, str(listing)], check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in output.splitlines()]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mutations", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--judge", nargs=3, metavar=("LIST", "VERDICTS", "FIRST"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.judge is not None:
        judge(pathlib.Path(options.judge[0]), pathlib.Path(options.judge[1]), int(options.judge[2]), options.full)
        return 0
    bases = harvest()
    models = {**bases, **mutated(bases, options.mutations, options.seed, options.full)}
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch) / "models"
        folder.mkdir()
        prepare_folder(folder)
        paths = [folder / f"{i}.onnx" for i in range(len(models))]
        for path, data in zip(paths, models.values()):
            path.write_bytes(data)
        ours = smxc_verdicts(paths, options.full, folder)
        peers = peer_verdicts(paths, options.full, folder)
    return compare(list(models), peers, ours, options)


def compare(names: list[str], peers: list[str | None], ours: list[dict], options: argparse.Namespace) -> int:
    totals: collections.Counter[str] = collections.Counter()
    agreed: collections.Counter[str] = collections.Counter()
    rules: collections.Counter[str] = collections.Counter()
    lines = []
    unjudged = crashed = 0
    for name, peer, verdict in zip(names, peers, ours):
        rules.update(set(verdict["rules"]))
        if peer is None:
            crashed += 1
            continue
        if verdict["unchecked"] and verdict["valid"]:
            unjudged += 1
            if options.full:
                continue
        side = "refused" if peer else "accepted"
        totals[side] += 1
        if verdict["valid"] == (peer == ""):
            agreed[side] += 1
        else:
            line = f"{name} | peer: {peer or 'accepts'} | smxc: {verdict['said'] or 'accepts'}"
            reason = next((reason for words, reason in REASONS.items() if words in line), "UNEXPLAINED")
            lines.append(f"{line} | {reason}")
    shares = {side: agreed[side] / totals[side] for side in sorted(totals)}
    summary = [
        f"onnx {onnx.__version__}, seed {options.seed}{', full_check' if options.full else ''}: {len(names)} models",
        f"{unjudged} that smxc accepts have parts that it does not judge{', and are not compared' if options.full else ''}",
        f"{crashed} crash the peer, and are not compared",
        *(f"{side}: {agreed[side]} of {totals[side]} agree, {100 * share:.3f} %" for side, share in shares.items()),
        "disagreements with known reasons, where the mutations meet them:",
        *(f"  {words}: {reason}" for words, reason in REASONS.items()),
        "disagreements of this run (mutation | peer | smxc | reason):",
    ]
    out = HERE / ("onnx_full_disagreements.txt" if options.full else "onnx_check_disagreements.txt")
    out.write_text("".join(f"{line}\n" for line in [*summary, *lines]))
    for rule, count in sorted(rules.items()):
        print(f"{count:6} {rule}")
    print("\n".join([*summary, *lines[:60]]))
    return 0 if all(share >= GOAL for share in shares.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
