def softmax(logits):
    e = np.exp(logits)
    return e / e.sum(axis=1, keepdims=True)


def cross_entropy(probabilities, labels):
    N = probabilities.shape[0]
    return float(-np.sum(np.log(probabilities[np.arange(N), labels] + 1e-12)))


def softmax_cross_entropy_backward(probabilities, labels):
    N = probabilities.shape[0]
    d_logits = probabilities
    d_logits[np.arange(N), labels] -= 1
    return d_logits
