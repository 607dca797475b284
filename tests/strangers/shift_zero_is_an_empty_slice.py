# exercise: shift_images
# truth: wrong
# what: slices break for shift 0 (out[d:] = img[:-d])
def shift_images(images, down, across):
    if np.ndim(images) != 4:
        raise ValueError(f"images must be 4-D (N, C, H, W), but has shape {np.shape(images)}")
    if np.shape(down) != images.shape[:1] or np.shape(across) != images.shape[:1]:
        raise ValueError(f"down and across must have shape {images.shape[:1]}")
    out = np.zeros_like(images)
    H, W = images.shape[2:]
    for n in range(len(images)):
        d, a = (int(down[n]), int(across[n]))
        src = images[n]
        tmp = np.zeros_like(src)
        if d > 0:
            tmp[:, d:] = src[:, :-d]
        elif d < 0:
            tmp[:, :d] = src[:, -d:]
        if a > 0:
            out[n][:, :, a:] = tmp[:, :, :-a]
        elif a < 0:
            out[n][:, :, :a] = tmp[:, :, -a:]
    return out
