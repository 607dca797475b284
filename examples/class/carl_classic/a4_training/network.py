class Conv2D:
    def forward(self, x):
        self.x = x
        out, self.cols = conv2d_forward(x, self.weights.value, self.bias.value, self.stride, self.padding)
        return out

    def backward(self, d_out):
        d_x, dw, db = conv2d_backward(d_out, self.x, self.weights.value, self.cols, self.stride, self.padding)
        self.weights.grad = dw
        self.bias.grad = db
        return d_x


class ReLU:
    def forward(self, x):
        self.out = relu_forward(x)
        return self.out

    def backward(self, d_out):
        return relu_backward(d_out, self.out)


class MaxPool2D:
    def forward(self, x):
        self.x = x
        out, self.idx = maxpool2d_forward(x)
        return out

    def backward(self, d_out):
        return maxpool2d_backward(d_out, self.idx, self.x.shape)


class Dense:
    def forward(self, x):
        self.x = x
        return dense_forward(x, self.weights.value, self.bias.value)

    def backward(self, d_out):
        d_x, dw, db = dense_backward(d_out, self.x, self.weights.value)
        self.weights.grad = dw
        self.bias.grad = db
        return d_x


class SGD:
    def step(self):
        for p, v in zip(self.parameters, self.velocities):
            v = self.momentum * v - self.learning_rate * p.grad
            p.value = p.value + v


def train_epoch(model, optimizer, images, labels, batch_size, rng):
    N = len(images)
    perm = rng.permutation(N)
    losses = []
    for start in range(0, N, batch_size):
        batch = perm[start:start+batch_size]
        model.zero_grad()
        probs = softmax(model.forward(images[batch]))
        losses.append(cross_entropy(probs, labels[batch]))
        model.backward(softmax_cross_entropy_backward(probs, labels[batch]))
        optimizer.step()
    return float(np.mean(losses))
