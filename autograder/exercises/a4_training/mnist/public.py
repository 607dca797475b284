"""mnist: your own network learns to read digits."""

from autograder.exercises.a4_training.mnist.exam import PUBLIC, achieved, sit
from cnnlab.digits import load_digits


def test_network_learns_to_read_digits(learner, rng, record_property):
    """Your network, trained on 3,000 digits three times over, reads at least 89% of new ones."""
    accuracy = sit(PUBLIC, learner, load_digits(), rng, moved=False)
    record_property("accuracy", accuracy)
    record_property("threshold", PUBLIC.threshold)
    record_property("achieved", achieved(accuracy, PUBLIC))
    assert accuracy >= PUBLIC.threshold, (
        f"it reads {accuracy:.1%} of {PUBLIC.test_images:,} test digits, and "
        f"{PUBLIC.threshold:.0%} are asked for; a network that guesses reads 10%"
    )
