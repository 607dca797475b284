# exercise: cross_entropy
# truth: wrong
# what: labels counted from 1
def cross_entropy(probabilities, labels):
    _require_labels(probabilities, labels)
    p = probabilities[np.arange(len(labels)), labels - 1]
    return float(-np.mean(np.log(np.maximum(p, 1e-300))))
