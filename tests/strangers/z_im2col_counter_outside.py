# exercise: im2col
# truth: wrong
# what: k += 1 one level too far out
def im2col(x, kernel_height, kernel_width, stride=1, padding=0):
    N, C, H, W = x.shape
    OH = (H + 2 * padding - kernel_height) // stride + 1
    OW = (W + 2 * padding - kernel_width) // stride + 1
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    cols = np.zeros((C * kernel_height * kernel_width, N * OH * OW))
    k = 0
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                w = xp[n, :, i * stride:i * stride + kernel_height, j * stride:j * stride + kernel_width]
                cols[:, k] = w.reshape(-1)
            k += 1
    return cols
