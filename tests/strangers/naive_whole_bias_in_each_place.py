# exercise: conv2d_forward_naive
# truth: wrong
# what: adds the whole bias to each output
def conv2d_forward_naive(x, weights, bias, stride=1, padding=0):
    n,c,h,w=x.shape; f,_,kh,kw=weights.shape
    x=np.pad(x,((0,0),(0,0),(padding,padding),(padding,padding)))
    oh=output_size(h,kh,stride,padding); ow=output_size(w,kw,stride,padding)
    out=np.zeros((n,f,oh,ow))
    for a in range(n):
        for b in range(f):
            for i in range(oh):
                for j in range(ow):
                    out[a,b,i,j]=np.sum(x[a,:,i*stride:i*stride+kh,j*stride:j*stride+kw]*weights[b])+bias
    return out
