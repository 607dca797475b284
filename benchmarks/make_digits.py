"""Make the embedded digits, cnnlab/data/mnist.npz, from the four files of MNIST.

    python benchmarks/make_digits.py FOLDER [--output FILE]

FOLDER contains the four .gz files as they are published; they are verified before use. The
subset has 1,200 training and 200 test images of each class, taken at regular intervals from all
of MNIST, in its order. So no seed is needed, the result is always the same, and all groups of
MNIST's writers are represented (other people wrote the first half of its test set than the
second). The test images come from MNIST's test set.
"""

import argparse
from pathlib import Path

import numpy as np

from cnnlab.digits import EMBEDDED, MNIST_FILES, read_idx, verify_sha256

TRAIN_PER_CLASS = 1200
TEST_PER_CLASS = 200


def even_steps(labels: np.ndarray, per_class: int) -> np.ndarray:
    """Return the sorted indices of `per_class` labels of each class, at regular intervals."""
    chosen = []
    for digit in range(10):
        places = np.flatnonzero(labels == digit)
        chosen.append(places[np.arange(per_class) * len(places) // per_class])
    return np.sort(np.concatenate(chosen))


def subset(folder: Path) -> dict[str, np.ndarray]:
    """Read the four files in `folder` and return the arrays of the embedded subset, uint8."""
    arrays = {}
    for name, sha256 in MNIST_FILES.items():
        verify_sha256(folder / name, sha256)
        arrays[name] = read_idx(folder / name)
    train_images, train_labels, test_images, test_labels = arrays.values()
    train = even_steps(train_labels, TRAIN_PER_CLASS)
    test = even_steps(test_labels, TEST_PER_CLASS)
    return {
        "train_images": train_images[train],
        "train_labels": train_labels[train],
        "test_images": test_images[test],
        "test_labels": test_labels[test],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="holds the four .gz files of MNIST")
    parser.add_argument("--output", type=Path, default=EMBEDDED)
    arguments = parser.parse_args()
    arrays = subset(arguments.folder)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(arguments.output, **arrays)  # type: ignore[arg-type]
    print(f"{arguments.output}: {arguments.output.stat().st_size:,} bytes")
    for name, array in arrays.items():
        print(f"  {name:<13} {array.dtype} {array.shape}")


if __name__ == "__main__":
    main()
