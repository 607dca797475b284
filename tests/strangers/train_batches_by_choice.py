# exercise: train_epoch
# truth: wrong
# what: rng.choice in every step, as O'Reilly: some images twice, others never
def train_epoch(model, optimizer, images, labels, batch_size, rng):
    total = 0.0
    steps = max(len(images) // batch_size, 1)
    for _ in range(steps):
        mask = rng.choice(len(images), batch_size)
        x_batch, t_batch = images[mask], labels[mask]
        model.zero_grad()
        probs = softmax(model.forward(x_batch))
        total += cross_entropy(probs, t_batch)
        model.backward(softmax_cross_entropy_backward(probs, t_batch))
        optimizer.step()
    return total / steps
