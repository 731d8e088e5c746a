#pragma once

#include <filesystem>
#include <string>

/// The share of a PNG that is not white, from 0 to 1, as gnuplot reads it back (every third pixel
/// of every third row). Two bare axes fill less than one percent. std::runtime_error if it is no
/// picture. Uses files in `scratch`.
double inked_share(const std::filesystem::path& png, const std::filesystem::path& scratch);

/// A picture that shows something is inked more than this.
constexpr double near_blank = 0.012;

/// How many pictures an animated GIF shows, from its blocks; 0 if it is none or breaks off.
int gif_frames(const std::string& bytes);
