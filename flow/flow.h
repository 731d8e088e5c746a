#pragma once

/// Flow matching on the modules: the path, the network, the loss, the samplers, and what to hold
/// them against. Reading order: path.h, vector_field.h, loss.h, sampler.h, data.h, oracle.h,
/// metrics.h.

#include "flow/data.h"
#include "flow/loss.h"
#include "flow/metrics.h"
#include "flow/oracle.h"
#include "flow/path.h"
#include "flow/sampler.h"
#include "flow/vector_field.h"
