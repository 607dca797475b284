def col2im(cols, x_shape, kernel_height, kernel_width, stride=1, padding=0):
    n, c, h, w = x_shape
    h_out = output_size(h, kernel_height, stride, padding)
    w_out = output_size(w, kernel_width, stride, padding)
    six = cols.reshape(c, kernel_height, kernel_width, n, h_out, w_out)
    xp = np.zeros((n, c, h + 2 * padding, w + 2 * padding), dtype=cols.dtype)
    for u in range(kernel_height):
        u_max = u + stride * h_out
        for v in range(kernel_width):
            v_max = v + stride * w_out
            xp[:, :, u:u_max:stride, v:v_max:stride] += six[:, u, v].swapaxes(0, 1)
    return xp[:, :, padding:-padding, padding:-padding]
