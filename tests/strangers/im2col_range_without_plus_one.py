# exercise: im2col
# truth: wrong
# what: range(0, H - KH, stride) never reaches the last row and column of windows; the columns move together
def im2col(x, kernel_height, kernel_width, stride=1, padding=0):
    N, C, H, W = x.shape
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    OH, OW = (
        output_size(H, kernel_height, stride, padding),
        output_size(W, kernel_width, stride, padding),
    )
    cols = np.zeros((C * kernel_height * kernel_width, N * OH * OW), dtype=x.dtype)
    k = 0
    for n in range(N):
        for r in range(0, xp.shape[2] - kernel_height, stride):
            for s in range(0, xp.shape[3] - kernel_width, stride):
                cols[:, k] = xp[n, :, r : r + kernel_height, s : s + kernel_width].ravel()
                k += 1
    return cols
