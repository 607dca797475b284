def cross_entropy(probabilities, labels):
    picked = np.take_along_axis(probabilities, labels[:, None], axis=1)
    return float(-np.log(np.clip(picked, np.finfo(picked.dtype).tiny, None)).mean())


def softmax_cross_entropy_backward(probabilities, labels):
    one_hot = np.eye(probabilities.shape[1], dtype=probabilities.dtype)[labels]
    return (probabilities - one_hot) / len(probabilities)
