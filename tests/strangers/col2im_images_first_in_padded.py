# exercise: col2im
# truth: wrong
# what: images before channels in padded
def col2im(cols, x_shape, kernel_height, kernel_width, stride=1, padding=0):
    images, channels, height, width = x_shape
    out_height = output_size(height, kernel_height, stride, padding)
    out_width = output_size(width, kernel_width, stride, padding)
    padded = np.zeros(
        (images, channels, height + 2 * padding, width + 2 * padding), dtype=cols.dtype
    )
    windows = cols.reshape(channels, kernel_height, kernel_width, images, out_height, out_width)
    for u in range(kernel_height):
        for v in range(kernel_width):
            down = slice(u, u + stride * out_height, stride)
            across = slice(v, v + stride * out_width, stride)
            padded[:, :, down, across] += windows[:, u, v]
    x_part = padded[:, :, padding : padding + height, padding : padding + width]
    return x_part
