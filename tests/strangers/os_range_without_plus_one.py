# exercise: output_size
# truth: wrong
# what: len(range(0, n - k, stride)): the last start is lost when it fits exactly
def output_size(input_size, kernel_size, stride=1, padding=0):
    starts = range(0, input_size + 2 * padding - kernel_size, stride)
    return len(starts)
