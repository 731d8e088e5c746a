#pragma once

/// A small reverse-mode automatic differentiation engine for tensors, with PyTorch's names and
/// semantics. Reading order: tensor.h, ops/elementwise.h, ops/reduce.h, ops/shape.h, ops/matmul.h,
/// ops/softmax.h, ops/loss.h, then backward.cpp.

#include "autograd/error.h"
#include "autograd/gradcheck.h"
#include "autograd/kernels/kernels.h"
#include "autograd/ops/elementwise.h"
#include "autograd/ops/loss.h"
#include "autograd/ops/matmul.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/shape.h"
#include "autograd/ops/softmax.h"
#include "autograd/parallel.h"
#include "autograd/random.h"
#include "autograd/shape.h"
#include "autograd/tensor.h"
