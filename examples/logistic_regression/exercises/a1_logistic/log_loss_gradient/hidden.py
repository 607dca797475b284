"""log_loss_gradient on random points."""

from exercises.shared.points import two_clouds

from autograder.checking import agree


def test_random_points(learner, reference, rng):
    """Points and weights that nobody has seen give the right gradient."""
    for count in (1, 5, 40):
        x, labels = two_clouds(count, rng)
        weights = rng.standard_normal(3)
        expected = reference.log_loss_gradient(x, labels, weights)
        agree(learner.log_loss_gradient(x, labels, weights), expected, "gradient")
