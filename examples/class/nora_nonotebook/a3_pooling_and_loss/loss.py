def cross_entropy(probabilities, labels):
    right = probabilities[np.arange(len(labels)), labels]
    return float(np.mean(-np.log(right)))
