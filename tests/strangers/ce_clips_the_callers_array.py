# exercise: cross_entropy
# truth: wrong
# what: np.clip(..., out=probabilities)
def cross_entropy(probabilities, labels):
    np.clip(probabilities, 1e-12, 1 - 1e-12, out=probabilities)
    return float(-np.mean(np.log(probabilities[range(len(labels)), labels])))
