# exercise: shift_images
# truth: wrong
# what: starts from a copy of the images
def shift_images(images, down, across):
    if np.ndim(images) != 4:
        raise ValueError(f'images must be 4-D (N, C, H, W), but has shape {np.shape(images)}')
    if np.shape(down) != images.shape[:1] or np.shape(across) != images.shape[:1]:
        raise ValueError(f'down and across must have shape {images.shape[:1]}')
    N, C, H, W = images.shape
    out = images.copy()
    for n in range(N):
        dy, dx = (int(down[n]), int(across[n]))
        for i in range(H):
            for j in range(W):
                r, s = (i - dy, j - dx)
                if 0 <= r < H and 0 <= s < W:
                    out[n, :, i, j] = images[n, :, r, s]
    return out
