#pragma once

/// Neural-network modules and optimisers, written by hand on the engine. Reading order: module.h,
/// linear.h, activation.h, sequential.h, embedding.h; optimizer.h, sgd.h, adam.h, adamw.h,
/// cosine_annealing_lr.h; save.h.

#include "nn/activation.h"
#include "nn/adam.h"
#include "nn/adamw.h"
#include "nn/cosine_annealing_lr.h"
#include "nn/embedding.h"
#include "nn/linear.h"
#include "nn/module.h"
#include "nn/save.h"
#include "nn/sequential.h"
#include "nn/sgd.h"
