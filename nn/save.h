#pragma once

#include <string>

#include "nn/file.h"
#include "nn/module.h"
#include "nn/optimizer.h"

namespace nn::inline HANDFLOW_PRECISION {

/// Writes the parameters of a module to a safetensors file, under their names (F32; the double
/// build writes F64), with a checksum: PyTorch reads it with safetensors.torch.load_file(path). An
/// older file is replaced as a whole, or stays if anything goes wrong.
/// Throws FileError, and autograd::ValueError if two parameters have the same name.
void save(const std::string& path, Module& module);

/// Reads the parameters of a module, in place, from any safetensors file that holds just these:
/// every name of named_parameters() and no other, in its shape, as F32 (the double build takes F64,
/// too). Where it has the checksum of save(), the data must have it.
/// Throws FileError; the module is then as it was.
void load(const std::string& path, Module& module);

/// A training, for save_checkpoint: where it stands.
struct Training {
  Module& module;
  Optimizer& optimizer;
  Index step;  ///< how many steps are done
};

/// A training about to go on, for load_checkpoint.
struct ResumedTraining {
  Module& module;
  Optimizer& optimizer;
};

/// Writes all that changes while a model is trained to one safetensors file: the parameters
/// ("model.0.weight"), what the optimiser remembers ("optimizer.0.exp_avg", and its rate), the
/// step, and the state of this thread's random numbers ("random.twister").
///
///     nn::save_checkpoint("run.safetensors", {.module = net, .optimizer = adam, .step = 60});
///
/// An older file is replaced as a whole, or stays if anything goes wrong. Throws FileError, and
/// autograd::ValueError for a negative step or two parameters of the same name.
void save_checkpoint(const std::string& path, const Training& training);

/// Puts all of that back and returns the step. Then the training goes on as if it had never
/// stopped, bit for bit; objects made anew need the same options as the old ones had.
///
///     Index step = nn::load_checkpoint("run.safetensors", {.module = net, .optimizer = adam});
///
/// The rate is among what comes back, a schedule is not: make it before, from the first rate, and
/// tell it with set_last_epoch() where it stands.
/// Throws FileError for a file that is damaged or no checkpoint, or that holds another model or
/// optimiser; then nothing has changed, the random numbers included.
Index load_checkpoint(const std::string& path, const ResumedTraining& training);

}  // namespace nn::inline HANDFLOW_PRECISION
