# exercise: train_epoch
# truth: wrong
# what: optimizer.zero_grad()
def train_epoch(model, optimizer, images, labels, batch_size, rng):
    order = rng.permutation(len(images))
    total = 0.0
    for start in range(0, len(images), batch_size):
        batch = order[start : start + batch_size]
        optimizer.zero_grad()
        probabilities = softmax(model.forward(images[batch]))
        total += cross_entropy(probabilities, labels[batch]) * len(batch)
        model.backward(softmax_cross_entropy_backward(probabilities, labels[batch]))
        optimizer.step()
    return total / len(images)
