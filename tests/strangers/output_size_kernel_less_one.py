# exercise: output_size
# truth: wrong
# what: takes away kernel_size - 1
def output_size(input_size, kernel_size, stride=1, padding=0):
    _require_kernel_fits(input_size, kernel_size, stride, padding)
    return (input_size + 2 * padding - (kernel_size - 1)) // stride + 1
