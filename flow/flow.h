#pragma once

/// Flow matching on the modules: the path, the network, the loss, the samplers, and what to hold
/// them against; and diffusion, for comparison. Reading order: path.h, vector_field.h, loss.h,
/// function_ref.h, sampler.h, tagged_points.h, mixture.h, data.h, oracle.h, assignment.h,
/// metrics.h, ddpm.h.

#include "flow/assignment.h"
#include "flow/data.h"
#include "flow/ddpm.h"
#include "flow/function_ref.h"
#include "flow/loss.h"
#include "flow/metrics.h"
#include "flow/mixture.h"
#include "flow/oracle.h"
#include "flow/path.h"
#include "flow/sampler.h"
#include "flow/tagged_points.h"
#include "flow/vector_field.h"
