# exercise: cross_entropy
# truth: wrong
# what: probabilities[:, labels]: N x N numbers
def cross_entropy(probabilities, labels):
    p = np.clip(probabilities, 1e-12, 1.0)
    return float(-np.log(p[:, labels]).mean())
