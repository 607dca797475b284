# exercise: cross_entropy
# truth: wrong
# what: probabilities += 1e-12 in place
def cross_entropy(probabilities, labels):
    probabilities += 1e-12
    n = probabilities.shape[0]
    log_likelihood = -np.log(probabilities[range(n), labels])
    return float(np.sum(log_likelihood) / n)
