"""mnist on test digits that are moved by up to a pixel."""

from autograder.exercises.a4_training.mnist.exam import GRADED, achieved, sit
from cnnlab.digits import load_digits


def test_network_reads_moved_digits(learner, rng, record_property):
    """Trained once on 12,000 digits moved by up to a pixel, it reads at least 91% of new ones."""
    accuracy = sit(GRADED, learner, load_digits(), rng, moved=True)
    record_property("accuracy", accuracy)
    record_property("threshold", GRADED.threshold)
    record_property("achieved", achieved(accuracy, GRADED))
    assert accuracy >= GRADED.threshold, (
        f"it reads {accuracy:.1%} of {GRADED.test_images:,} moved test digits, and "
        f"{GRADED.threshold:.0%} are asked for"
    )
