# exercise: train_epoch
# truth: wrong
# what: labels first
def train_epoch(model, optimizer, images, labels, batch_size, rng):
    order = rng.permutation(len(images))
    total = 0.0
    for start in range(0, len(images), batch_size):
        batch = order[start : start + batch_size]
        model.zero_grad()
        probabilities = softmax(model.forward(images[batch]))
        total += cross_entropy(probabilities, labels[batch]) * len(batch)
        model.backward(softmax_cross_entropy_backward(labels[batch], probabilities))
        optimizer.step()
    return total / len(images)
