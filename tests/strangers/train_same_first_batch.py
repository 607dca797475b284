# exercise: train_epoch
# truth: wrong
# what: idx = perm[:batch_size] in each round
def train_epoch(model, optimizer, images, labels, batch_size, rng):
    perm = rng.permutation(len(images))
    total = 0.0
    for i in range(0, len(images), batch_size):
        idx = perm[:batch_size]
        model.zero_grad()
        probs = softmax(model.forward(images[idx]))
        total += cross_entropy(probs, labels[idx]) * len(idx)
        model.backward(softmax_cross_entropy_backward(probs, labels[idx]))
        optimizer.step()
    return total / len(images)
