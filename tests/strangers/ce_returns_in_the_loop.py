# exercise: cross_entropy
# truth: wrong
# what: return inside the loop
def cross_entropy(probabilities, labels):
    _require_labels(probabilities, labels)
    total = 0.0
    for n in range(len(labels)):
        total -= np.log(max(probabilities[n, labels[n]], 1e-300))
        return total / len(labels)
