# exercise: he_initialization
# truth: wrong
# what: 0.01 in the place of the scale
def he_initialization(shape, rng):
    fan_in, _ = _fans(shape)
    return rng.standard_normal(shape) * 0.01
