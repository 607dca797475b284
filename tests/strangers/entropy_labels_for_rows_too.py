# exercise: cross_entropy
# truth: wrong
# what: indexes rows with labels
def cross_entropy(probabilities, labels):
    of_the_right_class = probabilities[labels, labels]
    smallest = np.finfo(probabilities.dtype).tiny
    return float(-np.mean(np.log(np.maximum(of_the_right_class, smallest))))
