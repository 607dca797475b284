# exercise: train_epoch
# truth: wrong
# what: loss with labels[idx], gradient with labels[i:i+b]
def train_epoch(model, optimizer, images, labels, batch_size, rng):
    perm = rng.permutation(len(images))
    total = 0.0
    for i in range(0, len(images), batch_size):
        idx = perm[i:i + batch_size]
        model.zero_grad()
        probs = softmax(model.forward(images[idx]))
        total += cross_entropy(probs, labels[idx]) * len(idx)
        model.backward(softmax_cross_entropy_backward(probs, labels[i:i + batch_size]))
        optimizer.step()
    return total / len(images)
