# exercise: im2col
# truth: wrong
# what: range stops one window early (missing +1)
def im2col(x, kernel_height, kernel_width, stride=1, padding=0):
    _require_4d("x", x, "(N, C, H, W)")
    _require_kernel_fits(x.shape[2], kernel_height, stride, padding)
    _require_kernel_fits(x.shape[3], kernel_width, stride, padding)
    N, C, H, W = x.shape
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    out = []
    for n in range(N):
        for i in range(0, xp.shape[2] - kernel_height, stride):
            for j in range(0, xp.shape[3] - kernel_width, stride):
                out.append(xp[n, :, i : i + kernel_height, j : j + kernel_width].ravel())
    return np.array(out).T
