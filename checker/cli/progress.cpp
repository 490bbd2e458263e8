#include "checker/cli/progress.hpp"

#include <unistd.h>

#include "checker/cli/report_text.hpp"

namespace plimsoll::cli {
namespace {

constexpr double plain_period_seconds = 5;

}  // namespace

ProgressPrinter::ProgressPrinter(std::FILE* out, ProgressMode mode)
    : out_(out),
      mode_(mode),
      in_place_(mode == ProgressMode::automatic && ::isatty(::fileno(out)) != 0),
      next_seconds_(in_place_ ? 0 : plain_period_seconds) {}

std::function<void(const checker::Progress&)> ProgressPrinter::callback() {
  if (mode_ == ProgressMode::none) {
    return {};
  }
  return [this](const checker::Progress& progress) { print(progress); };
}

void ProgressPrinter::print(const checker::Progress& progress) {
  if (progress.seconds < next_seconds_) {
    return;
  }
  const std::string text = progress_line(progress);
  if (in_place_) {
    std::fprintf(out_, "\r\x1b[K%s", text.c_str());
    is_dirty_ = true;
  } else {
    std::fprintf(out_, "%s\n", text.c_str());
    next_seconds_ = progress.seconds + plain_period_seconds;
  }
  std::fflush(out_);
}

void ProgressPrinter::finish() {
  if (is_dirty_) {
    std::fputs("\r\x1b[K", out_);
    is_dirty_ = false;
  }
}

}  // namespace plimsoll::cli
