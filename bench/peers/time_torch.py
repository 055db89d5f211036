"""Times a network in PyTorch itself: eager, with channels_last, and compiled where torch.compile is (PyTorch 2). Prints JSON.

    venv/bin/python bench/peers/time_torch.py dncnn-20 --size 128 --threads 1 --seconds 10
"""
import argparse
import copy
import json
import statistics
import sys
import time

import torch

from networks import entry


def ways(network, x):
    yield "eager", network, x
    yield "channels_last", copy.deepcopy(network).to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    if hasattr(torch, "compile"):
        yield "compile", torch.compile(copy.deepcopy(network)), x


def runs(network, x):
    """Whether it runs at all: torch.compile needs a C++ compiler."""
    try:
        for _ in range(2):
            network(x)
        return True
    except Exception as cause:
        print(f"PyTorch {torch.__version__}: {cause}", file=sys.stderr)
        return False


@torch.inference_mode()
def measure(name, size, seconds):
    network = entry(name).make()
    entrants = [(way, each, value) for way, each, value in ways(network, torch.rand(1, 3, size, size)) if runs(each, value)]
    wall, cpu = {way: [] for way, *_ in entrants}, {way: [] for way, *_ in entrants}
    start = time.perf_counter()
    rounds = 0
    while rounds < 3 or time.perf_counter() - start < seconds:
        for way, each, value in entrants if rounds % 2 else entrants[::-1]:
            before, began = time.process_time(), time.perf_counter()
            each(value)
            wall[way].append((time.perf_counter() - began) * 1000)
            cpu[way].append((time.process_time() - before) * 1000)
        rounds += 1
    return {
        "version": torch.__version__,
        "rounds": rounds,
        "wallMs": {way: min(times) for way, times in wall.items()},
        "wallMedianMs": {way: statistics.median(times) for way, times in wall.items()},
        "cpuMs": {way: min(times) for way, times in cpu.items()},
        "cpuMedianMs": {way: statistics.median(times) for way, times in cpu.items()},
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name")
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=10)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    print(json.dumps(measure(arguments.name, arguments.size, arguments.seconds)))
