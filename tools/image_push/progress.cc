#include "tools/image_push/progress.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "lib/reference/reference.h"
#include "lib/registry/client.h"
#include "lib/registry/push.h"

namespace rules_dockerfile {
namespace {

constexpr int kBarWidth = 30;
constexpr absl::Duration kBetweenDraws = absl::Milliseconds(100);

std::string Word(const PushedBlob& blob, bool dry_run) {
  const char* const be = dry_run ? "would be " : "";
  switch (blob.outcome) {
    case BlobOutcome::kSent:
      return blob.copied_from.empty()
                 ? absl::StrCat(be, "sent")
                 : absl::StrCat(be, "copied from ", blob.copied_from);
    case BlobOutcome::kPresent:
      return "already there";
    case BlobOutcome::kMounted:
      return absl::StrCat(be, "mounted");
  }
  return "";
}

}  // namespace

std::string BlobLine(const PushedBlob& blob, const ProgressOptions& options) {
  std::string line = absl::StrFormat("%s %10d %s", blob.digest, blob.size,
                                     Word(blob, options.dry_run));
  if (options.several_repositories) {
    absl::StrAppend(&line, ": ",
                    FamiliarText({.registry = blob.repository.registry,
                                  .repository = blob.repository.repository}));
  }
  return line;
}

std::string BarText(int64_t done, int64_t size) {
  const double part =
      size == 0 ? 1 : static_cast<double>(std::min(done, size)) / size;
  const int full = static_cast<int>(part * kBarWidth);
  return absl::StrFormat(
      "[%s%s] %3d%%  %.1f of %.1f MB", std::string(full, '#'),
      std::string(kBarWidth - full, '-'), static_cast<int>(part * 100),
      static_cast<double>(std::min(done, size)) / 1e6,
      static_cast<double>(size) / 1e6);
}

void PushProgress::Begin(int64_t, int64_t size) {
  const absl::MutexLock lock(mutex_);
  size_ = size;
}

void PushProgress::Draw() {
  const absl::Time now = absl::Now();
  if (now - drawn_ < kBetweenDraws) return;
  drawn_ = now;
  const std::string bar = BarText(done_ + sending_, size_);
  absl::FPrintF(out_, "\r%s\033[K", bar);
  std::fflush(out_);
}

void PushProgress::Sending(int64_t size) {
  if (!options_.is_terminal) return;
  const absl::MutexLock lock(mutex_);
  sending_ += size;
  Draw();
}

void PushProgress::Done(const PushedBlob& blob) {
  const absl::MutexLock lock(mutex_);
  done_ += blob.size;
  switch (blob.outcome) {
    case BlobOutcome::kSent:
      sending_ = std::max<int64_t>(0, sending_ - blob.size);
      sent_ += blob.size;
      break;
    case BlobOutcome::kPresent:
      present_ += blob.size;
      break;
    case BlobOutcome::kMounted:
      mounted_ += blob.size;
      break;
  }
  if (options_.is_terminal) {
    Draw();
  } else {
    absl::FPrintF(out_, "%s\n", BlobLine(blob, options_));
    std::fflush(out_);
  }
}

void PushProgress::Finish() {
  const absl::MutexLock lock(mutex_);
  if (options_.is_terminal) absl::FPrintF(out_, "\r\033[K");
  const char* const be = options_.dry_run ? "would be " : "";
  absl::FPrintF(out_, "%d bytes %ssent, %d %smounted, %d already there\n",
                sent_, be, mounted_, be, present_);
}

}  // namespace rules_dockerfile
