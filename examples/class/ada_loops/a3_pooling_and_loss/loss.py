def softmax(logits):
    largest = logits.max(axis=1).reshape(-1, 1)
    e = np.exp(logits - largest)
    return e / e.sum(axis=1).reshape(-1, 1)


def cross_entropy(probabilities, labels):
    total = 0.0
    for n in range(len(labels)):
        p = max(float(probabilities[n, labels[n]]), 1e-300)
        total = total - np.log(p)
    return float(total / len(labels))


def softmax_cross_entropy_backward(probabilities, labels):
    N = len(labels)
    d_logits = np.array(probabilities)
    for n in range(N):
        d_logits[n, labels[n]] -= 1
    d_logits /= N
    return d_logits
