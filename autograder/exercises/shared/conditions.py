"""The conditions under which mistakes show, with advice where to look; shared by all exercises.

The order matters: if two conditions separate right from wrong calls equally well, the learner
is told the first.
"""

from autograder.checking import Condition

_OUTSIDE_TRAINING = "look at what the layer does outside training"
_IN_TRAINING = (
    "look at what the layer does only in training, and compare each line with the docstring's "
    "formulas"
)

CONDITIONS: dict[str, Condition] = {
    "rectangular_picture": Condition(
        "height and width of the picture differ",
        "the picture is square",
        "look where height or width is used for both, and where rows and columns are exchanged",
    ),
    "rectangular_kernel": Condition(
        "height and width of the kernel differ",
        "the kernel is square",
        "look where the kernel's height or width is used for both, or where they are exchanged",
    ),
    "rectangular_output": Condition(
        "height and width of the output differ",
        "the output is as high as it is wide",
        "look where OH and OW are exchanged, or where one is used for both",
        derived=True,
    ),
    "stride": Condition(
        "the stride is above 1",
        "the stride is 1",
        "window i starts at i * stride and ends one kernel later; out is counted in windows, not "
        "in pixels; and a slice in steps of stride, such as a:a + stride * OH:stride, needs the "
        "stride in its end too",
    ),
    "padding": Condition(
        "the padding is above 0",
        "the padding is 0",
        "look where the padding is forgotten, counts twice, or stands on the wrong sides",
        "a slice that ends at -padding is empty for padding 0: end it at padding + size instead",
    ),
    "stride_is_not_the_window": Condition(
        "the stride differs from the window size",
        "the stride equals the window size",
        "look where the stride and the window size are exchanged, or one is used for both",
    ),
    "leftover": Condition(
        "pixels are left over behind the last window",
        "the last window ends at the edge of the picture",
        "the output size rounds down: the last rows or columns, which fill no window, are left out",
    ),
    "overlap": Condition(
        "windows overlap",
        "windows do not overlap",
        "look where a pixel that several windows share gets one value instead of their sum",
        "look where the code relies on windows that overlap",
    ),
    "gap": Condition(
        "the stride is larger than the window, so that pixels lie between windows",
        "the stride is at most as large as the window",
        "look where pixels that no window covers are dropped or filled",
        derived=True,
    ),
    "even_kernel": Condition(
        "the kernel has an even size",
        "the kernel sizes are odd",
        "a window starts at its top left pixel, i * stride; it is not laid around a centre",
        derived=True,
    ),
    "large_window": Condition(
        "the window is larger than 2",
        "the window is 2 by 2",
        "look where the number 2 is written in place of the window size",
        derived=True,
    ),
    "small_kernel": Condition(
        "the kernel is not 3 by 3",
        "the kernel is 3 by 3",
        "look where a kernel size is written as a number",
        derived=True,
    ),
    "several_kernel_pixels": Condition(
        "the kernel has more than one pixel",
        "the kernel is a single pixel",
        "look where the places inside the kernel are told apart: rows from columns, one pixel from "
        "the next",
        derived=True,
    ),
    "changes_size": Condition(
        "the output has another size than the picture",
        "the output is as large as the picture",
        "the loops must run over the output's rows and columns, not over the picture's",
        derived=True,
    ),
    "images": Condition(
        "there are several images",
        "there is one image",
        "look where images are mixed, where only one of them counts, or where their number divides",
    ),
    "channels": Condition(
        "there are several channels",
        "there is one channel",
        "look where channels are mixed, left out or not summed",
    ),
    "filters": Condition(
        "there are several filters",
        "there is one filter",
        "look where only one filter is used, or where filters stand on the wrong axis",
    ),
    "bias": Condition(
        "the bias is not 0",
        "the bias is 0",
        "look at how the bias is added: one number for each filter or output, added once",
    ),
    "defaults": Condition(
        "stride and padding are left at their defaults",
        "stride and padding are given",
        "look at the default values in the signature",
        derived=True,
    ),
    "repeated": Condition(
        "a number stands in the picture more than once",
        "all numbers of the picture differ",
        "look for the largest number's place inside its own window, not in the whole picture",
    ),
    "ties": Condition(
        "several numbers in a window are equally large",
        "every window has one largest number",
        "the first of equal numbers, in reading order, wins alone",
    ),
    "all_negative": Condition(
        "all numbers in a window are negative",
        "a window has a positive number",
        "look where 0 takes part in the comparison, as a start value or as padding",
    ),
    "shared_pixels": Condition(
        "one pixel wins several windows",
        "every window has a pixel of its own",
        "the gradients of all these windows must be added up",
    ),
    "negative": Condition(
        "numbers are negative",
        "no number is negative",
        "look at what happens to negative numbers",
    ),
    "zeros": Condition(
        "numbers are exactly 0",
        "no number is 0",
        "look at what happens at exactly 0",
    ),
    "negative_gradient": Condition(
        "the upstream gradient is negative",
        "the upstream gradient is positive",
        "look where the sign of the gradient decides; the input decides",
    ),
    "many_axes": Condition(
        "the array has more than two axes",
        "the array has at most two axes",
        "look where the number of axes is fixed",
    ),
    "several_axes": Condition(
        "x has more than one axis",
        "x has one axis",
        "x[i] is a whole row where x has two axes: visit every index of every axis",
    ),
    "scalar_result": Condition(
        "f returns one plain number, such as a float",
        "f returns an array",
        "a plain number has no .sum() and no .shape: np.sum(f(x) * d_out) works for both",
    ),
    "other_shape": Condition(
        "f returns another shape than x",
        "f returns the shape of x",
        "d_out has the shape of f(x), d_x has the shape of x",
    ),
    "returns_its_input": Condition(
        "f returns its own input",
        "f returns a new array",
        "the result of f may be the array that you change next, or share its memory: copy it "
        "before the second nudge",
    ),
    "returns_a_view": Condition(
        "f returns a view of its input",
        "f returns a new array",
        "the result of f may be the array that you change next, or share its memory: copy it "
        "before the second nudge",
    ),
    "not_contiguous": Condition(
        "x is not contiguous in memory, such as a transposed array",
        "x is contiguous in memory",
        "reshape and ravel then give a copy, and a change in the copy does not reach x",
    ),
    "mixes": Condition(
        "several outputs depend on one entry of x",
        "at most one output depends on each entry of x",
        "a nudge changes several outputs: multiply each by its own d_out, and then add them up",
    ),
    "joins": Condition(
        "an output depends on several entries of x",
        "an output depends on one entry of x",
        "nudge one entry at a time, and put it back before the next",
    ),
    "upstream": Condition(
        "the upstream gradient is not 1",
        "the upstream gradient is 1",
        "the slope of every output is multiplied by its upstream gradient, and then they are added "
        "up: np.sum(f(x) * d_out)",
    ),
    "negative_shift": Condition(
        "a shift is negative",
        "no shift is negative",
        "a negative shift moves rows up or columns to the left: take the slices from the other end",
    ),
    "zero_shift": Condition(
        "an image is not shifted down, or not across",
        "no shift is 0",
        "a slice that ends at -0 is empty, and a shift of 0 must leave the image as it is",
    ),
    "large_shift": Condition(
        "an image is shifted by its whole size or more",
        "every shift is smaller than the image",
        "an image that is shifted by its whole size or more is all zeros: a slice may start behind "
        "the end of the array",
    ),
    "large_windows": Condition(
        "windows are larger than 2 by 2",
        "windows are 2 by 2",
        "max_indices says where in the whole picture the maximum stands: use it as it is",
    ),
    "different_labels": Condition(
        "images have different labels",
        "all images have the same label",
        "each image has a label of its own: pair row n with labels[n]",
    ),
    "last_class_missing": Condition(
        "no image belongs to the last class",
        "an image belongs to the last class",
        "there are as many classes as the array has columns, not labels.max() + 1",
    ),
    "other_epsilon": Condition(
        "epsilon is given",
        "epsilon has its default value",
        "use the argument epsilon, in both steps and in the division",
        "a nudge of 1e-5 needs about 15 digits: compute in float64 throughout, and round nothing",
    ),
    "as_many_outputs_as_inputs": Condition(
        "there are as many outputs as inputs",
        "there are more inputs than outputs, or fewer",
        "look for a transpose that the shapes do not show",
    ),
    "as_many_images_as_classes": Condition(
        "there are as many images as classes",
        "the numbers of images and classes differ",
        "look where rows and columns are exchanged: axis=1 runs over the classes of one image",
    ),
    "huge_scores": Condition(
        "scores are large, such as 10000",
        "all scores are small",
        "subtract each row's largest score before exp, and do not cut scores off: then nothing "
        "overflows and no two scores become equal",
    ),
    "rows_far_apart": Condition(
        "one row's scores are much larger than another's",
        "all rows have scores of the same size",
        "each row needs its own maximum, with keepdims=True",
    ),
    "probability_of_zero": Condition(
        "the right class has probability 0",
        "the right class has a probability above 0",
        "log(0) is infinite: keep the argument of log above 0",
    ),
    "zero_beside": Condition(
        "another class than the right one has probability 0",
        "all probabilities are above 0",
        "take the logarithm of the right class alone: 0 * log(0) is nan",
    ),
    "momentum": Condition(
        "momentum is above 0",
        "momentum is 0",
        "look at the velocity: it keeps momentum times itself and is kept from step to step",
    ),
    "several_steps": Condition(
        "more than one step is made",
        "one step is made",
        "look at what is kept from one step to the next",
    ),
    "several_parameters": Condition(
        "there are several parameters",
        "there is one parameter",
        "each parameter needs a velocity of its own",
    ),
    "large_gradient": Condition(
        "a gradient is larger than 1",
        "all gradients are small",
        "look where gradients are clipped or scaled",
    ),
    "rate_changes": Condition(
        "the learning rate changes between steps",
        "the learning rate stays the same",
        "use the learning rate of the moment, not the one from the start",
    ),
    "several_batches": Condition(
        "an epoch has several batches",
        "an epoch has one batch",
        "look at what is reset, kept and summed from batch to batch",
    ),
    "last_batch_smaller": Condition(
        "the last batch is smaller than the others",
        "all batches have the same size",
        "every image counts once: keep the smaller batch, and weight its loss by its size",
    ),
    "uneven_batches": Condition(
        "the number of images is no multiple of the batch size",
        "the number of images is a multiple of the batch size",
        "every image counts once: keep the smaller batch, and weight its loss by its size",
    ),
    "same_gradient": Condition(
        "the same gradient is used in several steps",
        "every step has a new gradient",
        "the optimizer must not change the gradients: only the loop that computes them does",
    ),
    "second_call": Condition(
        "forward and backward are called a second time",
        "forward and backward are called once",
        "look at what is kept from the first call, or added to it",
    ),
    "second_shape": Condition(
        "the second input has another shape than the first",
        "all inputs have the same shape",
        "keep the shape in every forward pass, not only in the first",
    ),
    "gradients_there": Condition(
        "the parameters have gradients already",
        "the gradients start at 0",
        "backward adds to .grad; it does not replace it",
    ),
    "deep": Condition(
        "the network has more than one layer",
        "the network has one layer",
        "look at the order of the layers, and at what is handed from one to the next",
    ),
    "evaluation": Condition(
        "training is False",
        "training is True",
        _OUTSIDE_TRAINING,
        _IN_TRAINING,
    ),
    "training": Condition(
        "training is True",
        "training is False",
        _IN_TRAINING,
        _OUTSIDE_TRAINING,
    ),
    "drops": Condition(
        "the rate is above 0",
        "the rate is 0",
        "look where the rate is used, and how large the share that is kept becomes",
    ),
    "scaled_and_shifted": Condition(
        "gamma and beta have other values than 1 and 0",
        "gamma is 1 and beta is 0",
        "look at what is multiplied by gamma, and to what beta is added, in both passes",
    ),
    "filters_given": Condition(
        "the shape is that of filters, (F, C, KH, KW)",
        "the shape is that of Dense weights, (D, M)",
        "the order of the axes is another one: filters have what goes out first, Dense has it last",
    ),
    "unequal_fans": Condition(
        "fan_in and fan_out differ",
        "fan_in and fan_out are the same",
        "look where one of them is used for the other, or only one for both",
    ),
    "drawn_twice": Condition(
        "the same generator is used a second time",
        "the generator is new",
        "ask rng once for all numbers of the array, and for no more",
    ),
}
