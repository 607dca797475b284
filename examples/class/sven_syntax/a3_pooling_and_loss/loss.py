def cross_entropy(probabilities, labels):
    m = labels.shape[0]
    p = probabilities[np.arange(m), labels]
    p = np.maximum(p, 1e-30)
    cost = -np.sum(np.log(p) / m
    return float(cost)
