"""The browser edition: a static site in which a learner writes the network and checks it."""
